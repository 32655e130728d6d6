package ticketing

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/big"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"feria/festival"
)

var update = flag.Bool("update", false, "write testdata/tokens.json anew")

// vectors is testdata/tokens.json: the same file is run by every implementation
// that verifies tokens, here and in browsers.
type vectors struct {
	About   string   `json:"about"`
	Event   uint32   `json:"event"` // the gate's
	Keys    KeyRing  `json:"keys"`
	Vectors []vector `json:"vectors"`
}

type vector struct {
	Name  string       `json:"name"`
	Text  string       `json:"text"`
	Want  string       `json:"want"` // "ok" or a reason
	Token *vectorToken `json:"token,omitempty"`
}

// vectorToken is what a good token says.
type vectorToken struct {
	Key   byte          `json:"key"`
	Event uint32        `json:"event"`
	Pass  string        `json:"pass"` // as at the end of Pass.ID
	Type  byte          `json:"type"`
	Issue int           `json:"issue"`
	From  festival.Date `json:"from"`
	Until festival.Date `json:"until"`
}

func tokenVector(t Token) vectorToken {
	return vectorToken{t.Key, t.Event, lower32.EncodeToString(t.Pass[:]), t.Type, t.Issue(), t.From.Date(), t.Until.Date()}
}

func testKey(name string) ed25519.PrivateKey {
	seed := sha256.Sum256([]byte("feria test key " + name))
	return ed25519.NewKeyFromSeed(seed[:])
}

func testToken(event uint32, key byte, n int) Token {
	id := sha256.Sum256(fmt.Appendf(nil, "feria test pass %d", n))
	return Token{
		Version: layoutVersion, Key: key, Event: event, Pass: [10]byte(id[:10]), Type: PartyPass,
		From: DayOf("2027-04-11"), Until: DayOf("2027-04-19"),
	}
}

// identity is the point of order 1, the simplest key for which anybody can sign.
var identity = append([]byte{1}, make([]byte, 31)...)

func makeVectors() vectors {
	public := func(name string) ed25519.PublicKey { return testKey(name).Public().(ed25519.PublicKey) }
	v := vectors{
		About: "Pass tokens and what verifying them gives at a gate of the event. Made by go test ./ticketing -run TestVectors -update",
		Event: 7,
		Keys: KeyRing{
			7: {{ID: 1, Public: public("7.1")}, {ID: 2, Public: public("7.2")}, {ID: 3, Public: public("7.3"), Withdrawn: true}, {ID: 9, Public: identity}},
			8: {{ID: 1, Public: public("8.1")}},
		},
	}
	add := func(name, text, want string) {
		x := vector{Name: name, Text: text, Want: want}
		if t, _, ok := parse(text); ok && want == "ok" {
			said := tokenVector(t)
			x.Token = &said
		}
		v.Vectors = append(v.Vectors, x)
	}
	good := testToken(7, 1, 0)
	text := good.Sign(testKey("7.1"))
	add("a good token", text, "ok")
	add("a good token of the second key", testToken(7, 2, 1).Sign(testKey("7.2")), "ok")
	open := testToken(7, 1, 2)
	open.From, open.Until, open.Flags = 0, 0, 5
	add("no days, fifth issue", open.Sign(testKey("7.1")), "ok")
	add("a good token of another event", testToken(8, 1, 3).Sign(testKey("8.1")), "other_event")
	add("signed by a withdrawn key", testToken(7, 3, 4).Sign(testKey("7.3")), "revoked")
	add("an event without keys", testToken(9, 1, 5).Sign(testKey("7.1")), "invalid")
	add("an unknown key id", testToken(7, 4, 6).Sign(testKey("7.1")), "invalid")
	add("key ids swapped", testToken(7, 2, 7).Sign(testKey("7.1")), "invalid")
	add("another event's key", testToken(7, 1, 8).Sign(testKey("8.1")), "invalid")
	for _, version := range []byte{0, 2, 255} {
		other := good
		other.Version = version
		add(fmt.Sprintf("layout version %d", version), other.Sign(testKey("7.1")), "invalid")
	}
	body := good.appendBody(nil)
	bare := append(slices.Clone(body), ed25519.Sign(testKey("7.1"), body)...)
	add("signed without the domain", prefix+base32Upper.EncodeToString(bare), "invalid")
	signed := func() []byte { _, s, _ := parse(text); return s[:] }
	add("S and the group's order added", prefix+base32Upper.EncodeToString(plusOrder(signed())), "invalid")
	forged := append(testToken(7, 9, 9).appendBody(nil), identity...)
	add("a key of small order", prefix+base32Upper.EncodeToString(append(forged, make([]byte, 32)...)), "invalid")
	add("signature of zeros", prefix+base32Upper.EncodeToString(append(slices.Clone(body), make([]byte, 64)...)), "invalid")
	for bit := 0; bit < signedSize*8; bit += 13 {
		flipped := signed()
		flipped[bit/8] ^= 1 << (bit % 8)
		add(fmt.Sprintf("bit %d flipped", bit), prefix+base32Upper.EncodeToString(flipped), "invalid")
	}
	for _, n := range []int{0, 1, 4, 5, 77, 140, 141} {
		add(fmt.Sprintf("cut to %d characters", n), text[:n], "invalid")
	}
	for _, tail := range []struct{ name, text string }{{"a character", "A"}, {"a blank", " "}, {"a line end", "\n"}, {"padding", "======"}, {"NUL", "\x00"}} {
		add(tail.name+" at the end", text+tail.text, "invalid")
	}
	add("lower case", strings.ToLower(text), "invalid")
	add("lower case after the prefix", text[:4]+strings.ToLower(text[4:]), "invalid")
	add("a line end inside, same length", text[:50]+"\n"+text[50:tokenLength-1], "invalid")
	add("unused last bits set", text[:tokenLength-1]+nextLetter(text[tokenLength-1]), "invalid")
	add("another prefix", "FE2:"+text[4:], "invalid")
	add("no prefix", text[4:]+"AAAA", "invalid")
	add("lengths of another scheme, 0xFFFF", prefix+base32Upper.EncodeToString(append([]byte{1, 0xff, 0xff, 0xff, 0xff}, signed()[5:]...)), "invalid")
	add("nothing", "", "invalid")
	add("NULs", strings.Repeat("\x00", tokenLength), "invalid")
	add("emoji", strings.Repeat("🎪", 40), "invalid")
	add("3 kB", strings.Repeat("FE1:AAAA", 384), "invalid")
	add("somebody else's address", "https://example.org/p/1234", "invalid")
	return v
}

// nextLetter sets the lowest unused bit of the last character.
func nextLetter(c byte) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
	return alphabet[strings.IndexByte(alphabet, c)|1:][:1]
}

// plusOrder adds the order of the group to S: the same number modulo the order,
// so a careless verifier accepts the token in two writings.
func plusOrder(signed []byte) []byte {
	order, _ := new(big.Int).SetString("7237005577332262213973186563042994240857116359379907606001950938285454250989", 10)
	out := slices.Clone(signed)
	s := slices.Clone(out[signedSize-32:])
	slices.Reverse(s)
	sum := new(big.Int).Add(new(big.Int).SetBytes(s), order).FillBytes(make([]byte, 32))
	slices.Reverse(sum)
	copy(out[signedSize-32:], sum)
	return out
}

func wantOf(err error) string {
	var reason Reason
	if errors.As(err, &reason) {
		return string(reason)
	}
	return "ok"
}

func TestVectors(t *testing.T) {
	const file = "testdata/tokens.json"
	var made bytes.Buffer
	encoder := json.NewEncoder(&made)
	encoder.SetIndent("", " ")
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(makeVectors()); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(file, made.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(kept, made.Bytes()) {
		t.Fatal("the vectors changed; tokens in people's pockets would break. If that is meant: -update")
	}
	var v vectors
	if err := json.Unmarshal(kept, &v); err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for _, x := range v.Vectors {
		count[x.Want]++
		token, err := Verify(x.Text, v.Event, v.Keys)
		if got := wantOf(err); got != x.Want {
			t.Errorf("%s: %s, want %s", x.Name, got, x.Want)
		}
		if x.Want != "ok" {
			continue
		}
		if x.Token == nil {
			t.Errorf("%s: the file does not say what it holds", x.Name)
		} else if read := tokenVector(token); read != *x.Token {
			t.Errorf("%s: read as %+v, want %+v", x.Name, read, *x.Token)
		}
	}
	if count["ok"] < 3 || count["invalid"] < 80 || count["other_event"] != 1 || count["revoked"] != 1 {
		t.Errorf("vectors: %v", count)
	}
}

func TestVerify_everyFlippedBit(t *testing.T) {
	t.Parallel()
	ring := makeVectors().Keys
	for n := range 100 {
		text := testToken(7, 1, n).Sign(testKey("7.1"))
		if _, err := Verify(text, 7, ring); err != nil {
			t.Fatalf("token %d: %v", n, err)
		}
		_, signed, _ := parse(text)
		for bit := range signedSize * 8 {
			flipped := signed
			flipped[bit/8] ^= 1 << (bit % 8)
			if _, err := Verify(prefix+base32Upper.EncodeToString(flipped[:]), 7, ring); wantOf(err) != "invalid" {
				t.Fatalf("token %d with bit %d flipped: %v", n, bit, err)
			}
		}
		for length := range len(text) {
			if _, err := Verify(text[:length], 7, ring); wantOf(err) != "invalid" {
				t.Fatalf("token %d cut to %d: %v", n, length, err)
			}
		}
	}
}

// crypto/ed25519 accepts keys of small order, so the refusal must be our own.
func TestVerify_keysOfSmallOrder(t *testing.T) {
	body := testToken(7, 9, 0).appendBody(nil)
	signature := append(slices.Clone(identity), make([]byte, 32)...)
	if !ed25519.Verify(identity, append([]byte(domain), body...), signature) {
		t.Fatal("crypto/ed25519 refuses the identity now; smallOrder may go")
	}
	for _, point := range smallOrderPoints {
		for _, sign := range []byte{0, 0x80} {
			key := slices.Clone(point[:])
			key[31] |= sign
			if !smallOrder(key) {
				t.Errorf("key %x is let through", key)
			}
		}
	}
	for n := range 100 {
		if smallOrder(testKey(fmt.Sprint(n)).Public().(ed25519.PublicKey)) {
			t.Errorf("an honest key is refused")
		}
	}
}

func FuzzVerify(f *testing.F) {
	v := makeVectors()
	for _, x := range v.Vectors {
		f.Add(x.Text)
	}
	good := map[string]bool{}
	for _, x := range v.Vectors {
		good[x.Text] = x.Want != "invalid"
	}
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := Verify(text, v.Event, v.Keys); wantOf(err) != "invalid" && !good[text] {
			t.Errorf("accepted %q", text)
		}
	})
}

func TestDay(t *testing.T) {
	for _, row := range []struct {
		date festival.Date
		want Day
	}{
		{"2000-01-02", 1}, {"2027-04-12", 9963}, {"2179-06-06", 65535},
		{"", 0}, {"2000-01-01", 0}, {"1999-12-31", 0}, {"2179-06-07", 0}, {"2027-02-30", 0}, {"tomorrow", 0},
	} {
		if got := DayOf(row.date); got != row.want {
			t.Errorf("%q is day %d, want %d", row.date, got, row.want)
		} else if got != 0 && got.Date() != row.date {
			t.Errorf("%q comes back as %q", row.date, got.Date())
		}
	}
	zone, err := time.LoadLocation("Pacific/Auckland")
	if err != nil {
		t.Fatal(err)
	}
	if got := dayAt(time.Date(2027, 4, 11, 13, 0, 0, 0, time.UTC), zone).Date(); got != "2027-04-12" {
		t.Errorf("one in the morning in Auckland is on %s", got)
	}
	span := Token{From: 10, Until: 12}
	for day, want := range map[Day][2]bool{9: {false, true}, 10: {true, false}, 12: {true, false}, 13: {false, false}} {
		if good, early := span.On(day); good != want[0] || early != want[1] {
			t.Errorf("day %d: good %v, early %v", day, good, early)
		}
	}
}

func randomToken(r *rand.Rand) string {
	t := testToken(r.Uint32(), byte(r.IntN(256)), r.Int())
	t.Type, t.Flags, t.From, t.Until = byte(r.IntN(256)), byte(r.IntN(256)), Day(r.IntN(1<<16)), Day(r.IntN(1<<16))
	signed := t.appendBody(nil)
	for range ed25519.SignatureSize { // as random as a signature, without the time one takes
		signed = append(signed, byte(r.IntN(256)))
	}
	return prefix + base32Upper.EncodeToString(signed)
}
