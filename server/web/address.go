package web

import (
	"net/netip"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"feria/kernel"
)

// networks reads addresses and networks (CIDR), which the settings have checked.
func networks(texts []string) []netip.Prefix {
	var out []netip.Prefix
	for _, text := range texts {
		if prefix, err := netip.ParsePrefix(text); err == nil {
			out = append(out, prefix.Masked())
		} else if addr, err := netip.ParseAddr(text); err == nil {
			out = append(out, netip.PrefixFrom(addr, addr.BitLen()))
		}
	}
	return out
}

func (s *Server) trusted(addr netip.Addr) bool {
	for _, p := range s.proxies {
		if p.Contains(addr) {
			return true
		}
	}
	return false
}

// Address is who asks. Behind trusted proxies it is the last address of
// X-Forwarded-For that is none of them: each proxy appends whom it heard from,
// so what stands before was written by the client and proves nothing. Fiber's
// own c.IP() believes all of it, and so lets a rate limit be dodged by a new
// header for each request.
func (s *Server) Address(c *fiber.Ctx) netip.Addr {
	peer, _ := netip.AddrFromSlice(c.Context().RemoteIP())
	peer = peer.Unmap()
	if !s.trusted(peer) {
		return peer
	}
	var said []string
	for _, line := range c.Request().Header.PeekAll(fiber.HeaderXForwardedFor) {
		said = append(said, strings.Split(string(line), ",")...)
	}
	for i := len(said) - 1; i >= 0; i-- {
		addr, ok := readAddress(said[i])
		if !ok {
			break
		}
		if peer = addr; !s.trusted(addr) {
			break
		}
	}
	return peer
}

// readAddress reads one entry of X-Forwarded-For, with or without a port.
func readAddress(text string) (netip.Addr, bool) {
	text = strings.TrimSpace(text)
	if addr, err := netip.ParseAddr(strings.Trim(text, "[]")); err == nil {
		return addr.Unmap().WithZone(""), true
	}
	if with, err := netip.ParseAddrPort(text); err == nil {
		return with.Addr().Unmap().WithZone(""), true
	}
	return netip.Addr{}, false
}

// From is the address that asks.
func (r *Request) From() netip.Addr { return r.Server.Address(r.Ctx) }

// homeBits is how much of an IPv6 address names a household: providers give
// each a /64 or more, in which it may change its address at will.
const homeBits = 64

// IP is the address that asks, as rate limits count it: a whole /64 for IPv6.
func (r *Request) IP() string {
	addr := r.From()
	if !addr.Is6() {
		return addr.String()
	}
	return netip.PrefixFrom(addr, homeBits).Masked().String()
}

// Limit refuses who tries something too often; what names the action, who the
// one that tries: an address, an account.
func (r *Request) Limit(what, who string, n int, per time.Duration) error {
	ok, wait, err := r.P.Limiter.Allow(r.Context(), r.City.ID+"/"+what+"/"+who, n, per)
	if err != nil {
		return err
	}
	if !ok {
		return kernel.New(kernel.TooMany, "too_often", "", "seconds", int(wait.Seconds())+1)
	}
	return nil
}
