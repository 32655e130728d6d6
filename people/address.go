package people

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"

	"feria/kernel"
)

// maxAddress and maxLocal bound a mail address and its part before the @ (RFC
// 5321, 4.5.3.1, and its erratum 1690).
const (
	maxAddress = 254
	maxLocal   = 64
)

// atext are the signs beside letters and digits that the part before the @ may
// have (RFC 5322, 3.2.3).
const atext = "!#$%&'*+-/=?^_`{|}~."

// ParseMail checks a mail address as typed by a person and gives it in the one
// form in which it is stored and compared: lower case, the domain in its ASCII
// form, so that a look-alike in another script is another address and looks
// like one. It takes no display names, comments, quotes or address literals,
// hence nothing that could become a second header. Errors: mail_missing,
// mail_invalid, both of the field "mail".
func ParseMail(typed string) (string, error) {
	typed = strings.TrimSpace(typed)
	if typed == "" {
		return "", kernel.New(kernel.Invalid, "mail_missing", "mail")
	}
	wrong := kernel.New(kernel.Invalid, "mail_invalid", "mail")
	local, domain, found := strings.Cut(typed, "@")
	if !found || local == "" || !utf8.ValidString(typed) || len(local) > maxLocal || len(typed) > 4*maxAddress {
		return "", wrong
	}
	for _, r := range local {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
		if !letter && !strings.ContainsRune(atext, r) {
			return "", wrong
		}
	}
	if local[0] == '.' || local[len(local)-1] == '.' || strings.Contains(local, "..") {
		return "", wrong
	}
	ascii, err := idna.Lookup.ToASCII(domain)
	if err != nil || !strings.Contains(ascii, ".") || strings.HasSuffix(ascii, ".") || !hostName(ascii) {
		return "", wrong
	}
	if again, err := idna.Lookup.ToASCII(ascii); err != nil || again != ascii {
		return "", wrong // would be another address when it is typed as it is shown
	}
	address := strings.ToLower(local) + "@" + strings.ToLower(ascii)
	if len(address) > maxAddress {
		return "", wrong
	}
	return address, nil
}

// hostName says whether a domain has only letters, digits and hyphens in labels
// that are not empty.
func hostName(domain string) bool {
	for label := range strings.SplitSeq(domain, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for _, r := range label {
			if !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-') {
				return false
			}
		}
	}
	return true
}
