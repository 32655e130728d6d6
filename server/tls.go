package server

import (
	"crypto/tls"
	"fmt"
	"net"
)

// serveTLS serves HTTPS with the configured certificate.
func (s *Server) serveTLS(listener net.Listener) error {
	pair, err := tls.LoadX509KeyPair(s.P.Config.TLSCert, s.P.Config.TLSKey)
	if err != nil {
		return fmt.Errorf("certificate: %w", err)
	}
	return s.App.Listener(tls.NewListener(listener, &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{pair}}))
}
