package ticketing

import (
	"crypto/ed25519"
	"slices"
)

// KeyRing holds public keys by the number of their event: all that is needed to
// verify, on the server and on a device without network.
type KeyRing map[uint32][]PublicKey

// PublicKey is the public half of one key of an event.
type PublicKey struct {
	ID     byte              `json:"id"`
	Public ed25519.PublicKey `json:"public"` // 32 bytes
	// Withdrawn keys verify nothing any more; the door says so, since the cure
	// is to open the pass page again.
	Withdrawn bool `json:"withdrawn,omitempty"`
}

func (r KeyRing) find(event uint32, id byte) (PublicKey, bool) {
	for _, k := range r[event] {
		if k.ID == id {
			return k, true
		}
	}
	return PublicKey{}, false
}

// verifies checks the signature at the end of signed over what stands before.
func (k PublicKey) verifies(signed [signedSize]byte) bool {
	if len(k.Public) != ed25519.PublicKeySize || smallOrder(k.Public) {
		return false
	}
	message := append(make([]byte, 0, len(domain)+bodySize), domain...)
	return ed25519.Verify(k.Public, append(message, signed[:bodySize]...), signed[bodySize:])
}

// smallOrder says whether a public key is one of the points of order 1, 2, 4 or
// 8, or another encoding of them. crypto/ed25519 accepts such keys, and then a
// signature of anything by anybody verifies; strict implementations in browsers
// refuse them, and both must say the same. The sign bit plays no part.
func smallOrder(key []byte) bool {
	var y [32]byte
	copy(y[:], key)
	y[31] &= 0x7f
	return slices.Contains(smallOrderPoints, y)
}

// smallOrderPoints are the y coordinates, little endian, of the points of small
// order, canonical and not: 0, 1, the two of order 8, p-1, p, p+1 for p = 2^255-19.
var smallOrderPoints = [][32]byte{
	{},
	{1},
	{
		0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0,
		0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05,
	},
	{
		0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f,
		0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a,
	},
	nearPrime(0xec), nearPrime(0xed), nearPrime(0xee),
}

// nearPrime is the encoding of p-1, p or p+1, which differ in the first byte.
func nearPrime(first byte) (y [32]byte) {
	for i := range y {
		y[i] = 0xff
	}
	y[0], y[31] = first, 0x7f
	return y
}
