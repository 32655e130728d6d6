package server

import (
	"crypto/tls"
	"fmt"
	"net"

	"feria/platform"
)

// secured makes HTTPS of what a listener takes, where a certificate is configured.
func secured(listener net.Listener, c platform.Config) (net.Listener, error) {
	if c.TLSCert == "" {
		return listener, nil
	}
	pair, err := tls.LoadX509KeyPair(c.TLSCert, c.TLSKey)
	if err != nil {
		return nil, fmt.Errorf("certificate: %w", err)
	}
	return tls.NewListener(listener, &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{pair}}), nil
}
