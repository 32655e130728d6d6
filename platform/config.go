// Package platform puts services, stores and jobs together: the same running
// Feria for the server, the command line and the tests. It knows no Fiber.
package platform

import (
	"errors"
	"flag"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/caarlos0/env/v11"
)

// Config is every setting of Feria. Each comes from its FERIA_ variable or, on
// the command line, from the flag of the same name; a flag wins.
type Config struct {
	// Addr is where the server listens, host:port.
	Addr string `env:"ADDR" envDefault:"127.0.0.1:8080"`
	// URL is the public base of every link, without a slash at its end; links
	// are never built from request headers. Empty: http:// (https:// with TLSCert)
	// and Addr, "localhost" where that is every address of the machine.
	URL string `env:"URL"`
	// Store is "sqlite:PATH" or "mongodb://…"; empty: sqlite: and feria.db in Data.
	// A PATH that is not absolute begins at the current folder, as Data does.
	Store string `env:"STORE"`
	// StoreFile names a file that holds Store, since a MongoDB address may hold
	// a password.
	StoreFile string `env:"STORE_FILE"`
	// Data is the folder of everything that Feria keeps beside the store.
	Data string `env:"DATA" envDefault:"./data"`
	// Mail is "smtp://user:password@host:port" or "smtps://…". Empty: mails
	// stay in the outbox, readable on the console.
	Mail string `env:"MAIL"`
	// MailFile names a file that holds Mail.
	MailFile string `env:"MAIL_FILE"`
	// MailFrom is the sender of mails, whom the city's contact address then only
	// answers for; empty: that address is the sender.
	MailFrom string `env:"MAIL_FROM"`
	// Proxies are the addresses or networks (CIDR) whose X-Forwarded-For counts.
	Proxies []string `env:"PROXIES"`
	// TLSCert and TLSKey are PEM files; without them Feria speaks HTTP and
	// stands behind a proxy that does HTTPS.
	TLSCert string `env:"TLS_CERT"`
	TLSKey  string `env:"TLS_KEY"`
	// MetricsKey opens /metrics from elsewhere than this machine, as a bearer
	// token; empty: from this machine only.
	MetricsKey     string `env:"METRICS_KEY"`
	MetricsKeyFile string `env:"METRICS_KEY_FILE"`
}

// Flags adds a flag for each setting to a set, writing into c.
func (c *Config) Flags(set *flag.FlagSet) {
	set.StringVar(&c.Addr, "addr", c.Addr, "address to listen on, host:port")
	set.StringVar(&c.URL, "url", c.URL, "public base address of all links")
	set.Func("store", "sqlite:PATH or mongodb://…; if not given, feria.db in the data folder", into(&c.Store))
	set.StringVar(&c.Data, "data", c.Data, "data folder")
	set.Func("mail", "smtp://user:password@host:port", into(&c.Mail))
	set.StringVar(&c.MailFrom, "mail-from", c.MailFrom, "sender of mails")
	set.StringVar(&c.TLSCert, "tls-cert", c.TLSCert, "certificate, PEM")
	set.StringVar(&c.TLSKey, "tls-key", c.TLSKey, "key, PEM")
	set.Func("proxies", "trusted proxies, separated by commas", func(s string) error {
		c.Proxies = strings.Split(s, ",")
		return nil
	})
}

// into takes a flag whose value may hold a password: unlike a StringVar's it is
// not printed as the default when its variable is set.
func into(value *string) func(string) error {
	return func(s string) error {
		*value = s
		return nil
	}
}

// FromEnvironment reads the FERIA_ variables.
func FromEnvironment() (Config, error) {
	c, err := env.ParseAsWithOptions[Config](env.Options{Prefix: "FERIA_"})
	if err != nil {
		return c, fmt.Errorf("settings: %w", err)
	}
	return c, nil
}

// Complete fills in what was left empty, reads the secret files and checks
// everything. It reports all mistakes at once.
func (c *Config) Complete() error {
	var wrong []error
	complain := func(format string, args ...any) { wrong = append(wrong, fmt.Errorf(format, args...)) }

	for _, secret := range []struct {
		name, file string
		into       *string
	}{{"STORE", c.StoreFile, &c.Store}, {"MAIL", c.MailFile, &c.Mail}, {"METRICS_KEY", c.MetricsKeyFile, &c.MetricsKey}} {
		if secret.file == "" || *secret.into != "" {
			continue
		}
		text, err := os.ReadFile(secret.file)
		if err != nil {
			complain("FERIA_%s_FILE: %w", secret.name, err)
			continue
		}
		*secret.into = strings.TrimSpace(string(text))
	}
	if c.Store == "" {
		c.Store = "sqlite:" + filepath.Join(c.Data, "feria.db")
	}
	if !strings.HasPrefix(c.Store, "sqlite:") && !c.MongoDB() {
		complain("FERIA_STORE: begins neither with sqlite: nor with mongodb://")
	}
	if _, err := netip.ParseAddrPort(c.Addr); err != nil && !strings.Contains(c.Addr, ":") {
		complain("FERIA_ADDR: %q is not host:port", c.Addr)
	}
	if (c.TLSCert == "") != (c.TLSKey == "") {
		complain("FERIA_TLS_CERT and FERIA_TLS_KEY: give both or none")
	}
	if c.URL == "" {
		scheme := "http://"
		if c.TLSCert != "" {
			scheme = "https://"
		}
		c.URL = scheme + typed(c.Addr)
	}
	c.URL = strings.TrimRight(c.URL, "/")
	if u, err := url.Parse(c.URL); err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || u.Path != "" || u.RawQuery != "" {
		complain("FERIA_URL: %q is not like https://festival.example.org", c.URL)
	}
	if c.Mail != "" {
		if u, err := url.Parse(c.Mail); err != nil || u.Host == "" || (u.Scheme != "smtp" && u.Scheme != "smtps") {
			complain("FERIA_MAIL: not like smtp://user:password@host:port") // its text may hold a password
		}
	}
	for i, p := range c.Proxies {
		c.Proxies[i] = strings.TrimSpace(p)
		if _, err := netip.ParseAddr(c.Proxies[i]); err == nil {
			continue
		}
		if _, err := netip.ParsePrefix(c.Proxies[i]); err != nil {
			complain("FERIA_PROXIES: %q is neither an address nor a network", p)
		}
	}
	return errors.Join(wrong...)
}

// typed is a listening address as it is typed on the machine itself.
func typed(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if ip, parseErr := netip.ParseAddr(host); err == nil && (host == "" || parseErr == nil && ip.IsUnspecified()) {
		return "localhost:" + port
	}
	return addr
}

// MongoDB says whether the store is a MongoDB server.
func (c *Config) MongoDB() bool {
	return strings.HasPrefix(c.Store, "mongodb://") || strings.HasPrefix(c.Store, "mongodb+srv://")
}

// storeAddress is Store for people to read: without user, password and options,
// of which each may be a secret.
func (c *Config) storeAddress() string {
	scheme, rest, ok := strings.Cut(c.Store, "://")
	if !ok {
		return c.Store
	}
	rest, _, _ = strings.Cut(rest[strings.LastIndexByte(rest, '@')+1:], "?")
	if strings.ContainsAny(rest, "&=") { // the @ was one of the options'
		rest = "…"
	}
	return scheme + "://" + rest
}

// Secure says whether people reach Feria by HTTPS.
func (c *Config) Secure() bool { return strings.HasPrefix(c.URL, "https://") }

// sqlitePath is the file of a SQLite store.
func (c *Config) sqlitePath() string { return strings.TrimPrefix(c.Store, "sqlite:") }
