package platform

import "testing"

func TestConfig_storeAddress(t *testing.T) {
	for _, row := range []struct{ store, want string }{
		{"sqlite:/data/feria.db", "sqlite:/data/feria.db"},
		{"mongodb://localhost:27017/feria", "mongodb://localhost:27017/feria"},
		{"mongodb://user:s3cret@a:1,b:2/feria?replicaSet=rs0", "mongodb://a:1,b:2/feria"},
		{"mongodb+srv://user:s3@?cret@host", "mongodb+srv://host"},
		{"mongodb://host/?tlsCertificateKeyFilePassword=s3cret", "mongodb://host/"},
		{"mongodb://host/?a=b@c&tlsCertificateKeyFilePassword=s3cret", "mongodb://…"},
	} {
		if got := (&Config{Store: row.store}).storeAddress(); got != row.want {
			t.Errorf("%s: %s, want %s", row.store, got, row.want)
		}
	}
}
