package emulator

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/earshot/earshot/zoom"
)

// HeaderMode says what a subscription's requests carry beside the signature. The numbers are Zoom's custom_header_type.
type HeaderMode int

// The modes.
const (
	HeaderNone   HeaderMode = 0 // nothing, or the legacy verification token
	HeaderBasic  HeaderMode = 1 // authorization: Basic base64(user:password), and clientid
	HeaderOAuth  HeaderMode = 2 // authorization: Bearer, with a token fetched from the receiver's own token URL
	HeaderCustom HeaderMode = 3 // a header of one's own, whose name begins with x-
)

// Where an OAuth client puts its id and secret.
const (
	ClientInHeader = "header"
	ClientInBody   = "body"
)

// OwnHeader is the custom_header of Zoom's event-subscription API. The zero OwnHeader adds nothing.
type OwnHeader struct {
	Mode HeaderMode
	// VerificationToken is sent as authorization in HeaderNone: the way before signatures, which Zoom's header example still
	// shows. "" sends none.
	VerificationToken zoom.Secret

	Username string
	Password zoom.Secret

	ClientID     string // HeaderOAuth; HeaderBasic sends it as clientid where it is not empty
	ClientSecret zoom.Secret
	TokenURL     string
	Scope        string
	State        string
	ClientIn     string // ClientInHeader ("" too) or ClientInBody

	Key   string // "x-" is put before it where it is missing, as Zoom does
	Value zoom.Secret
}

func (h *OwnHeader) check() error {
	switch h.Mode {
	case HeaderNone:
	case HeaderBasic:
		if h.Username == "" || strings.Contains(h.Username, ":") {
			return errors.New("basic header: want a user name without a colon (RFC 7617 §2)")
		}
	case HeaderOAuth:
		if u, err := url.Parse(h.TokenURL); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return errors.New("oauth header: the token URL must be http or https")
		}
		if h.ClientID == "" || h.ClientSecret == "" {
			return errors.New("oauth header: want a client id and a client secret")
		}
		if h.ClientIn != "" && h.ClientIn != ClientInHeader && h.ClientIn != ClientInBody {
			return fmt.Errorf("oauth header: client authentication %q: want %q or %q", h.ClientIn, ClientInHeader, ClientInBody)
		}
	case HeaderCustom:
		if h.Key == "" || h.Value == "" || strings.ContainsFunc(h.Key, func(r rune) bool { return r <= ' ' || r == ':' || r > '~' }) {
			return errors.New("custom header: want a header name and a value")
		}
	default:
		return fmt.Errorf("header type %d: want 0 none, 1 basic, 2 oauth or 3 custom", h.Mode)
	}
	return nil
}

// customKey is the name under which Zoom sends a header of one's own.
func customKey(key string) string {
	if len(key) >= 2 && strings.EqualFold(key[:2], "x-") {
		return key
	}
	return "x-" + key
}

// set writes the header; token is the OAuth token, "" in the other modes.
func (h *OwnHeader) set(to http.Header, token string) {
	switch h.Mode {
	case HeaderNone:
		if h.VerificationToken != "" {
			to.Set("Authorization", string(h.VerificationToken))
		}
	case HeaderBasic:
		to.Set("Authorization", basic(h.Username, h.Password))
		if h.ClientID != "" {
			to.Set(zoom.HeaderClientID, h.ClientID)
		}
	case HeaderOAuth:
		to.Set("Authorization", "Bearer "+token)
	case HeaderCustom:
		to.Set(customKey(h.Key), string(h.Value))
	}
}
