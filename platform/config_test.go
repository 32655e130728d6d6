package platform_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"feria/platform"
)

func TestConfig_reportsAllMistakesAtOnce(t *testing.T) {
	c := platform.Config{Addr: "nowhere", URL: "festival.example", Store: "postgres://x", Mail: "me@example.org", Proxies: []string{"here"}, TLSCert: "x", MetricsKeyFile: "/nothing/here"}
	err := c.Complete()
	if err == nil {
		t.Fatal("no mistake was found")
	}
	for _, name := range []string{"FERIA_ADDR", "FERIA_URL", "FERIA_STORE", "FERIA_METRICS_KEY_FILE", "FERIA_MAIL", "FERIA_PROXIES", "FERIA_TLS_CERT"} {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("%s is not complained of: %v", name, err)
		}
	}
}

func TestConfig_completes(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("sqlite:/from/the/file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		name       string
		in         platform.Config
		url, store string
	}{
		{"nothing said", platform.Config{Addr: "127.0.0.1:8080", Data: "d"}, "http://127.0.0.1:8080", "sqlite:d/feria.db"},
		{"with a certificate", platform.Config{Addr: "127.0.0.1:8080", Data: "d", TLSCert: "c", TLSKey: "k"}, "https://127.0.0.1:8080", "sqlite:d/feria.db"},
		{"every address", platform.Config{Addr: "0.0.0.0:8080", Data: "d"}, "http://localhost:8080", "sqlite:d/feria.db"},
		{"every address, of IPv6", platform.Config{Addr: "[::]:80", Data: "d"}, "http://localhost:80", "sqlite:d/feria.db"},
		{"a port alone", platform.Config{Addr: ":8080", Data: "d"}, "http://localhost:8080", "sqlite:d/feria.db"},
		{"the address people type", platform.Config{Addr: ":8080", URL: "https://fest.example/", Data: "d"}, "https://fest.example", "sqlite:d/feria.db"},
		{"a secret in a file", platform.Config{Addr: ":1", Data: "d", StoreFile: secret}, "http://localhost:1", "sqlite:/from/the/file"},
		{"a flag beside the file", platform.Config{Addr: ":1", Data: "d", StoreFile: secret, Store: "sqlite:x.db"}, "http://localhost:1", "sqlite:x.db"},
	} {
		t.Run(row.name, func(t *testing.T) {
			c := row.in
			if err := c.Complete(); err != nil || c.URL != row.url || c.Store != row.store {
				t.Errorf("%v, at %s with %s; want %s, %s", err, c.URL, c.Store, row.url, row.store)
			}
		})
	}
}
