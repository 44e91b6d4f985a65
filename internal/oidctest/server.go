// Package oidctest runs a real provider of OpenID Connect on loopback: the server side of zitadel/oidc, with accounts of a
// test's own, that misbehaves when told to.
package oidctest

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"fmt"
	"html/template"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/zitadel/oidc/v3/pkg/op"
)

// The one client that the provider knows.
const (
	ClientID     = "telaah"
	ClientSecret = "rahasia-klien"
)

// Account is somebody at the provider.
type Account struct {
	Subject  string
	NIP      string
	Email    string
	Verified bool
}

// Server is a provider. Its methods may be called from several goroutines.
type Server struct {
	URL string // the issuer

	returnURL string
	key       *rsa.PrivateKey
	crypto    [32]byte
	provider  http.Handler

	mu       sync.Mutex
	accounts map[string]Account
	requests map[string]*request
	codes    map[string]string // to the id of the request
	tokens   map[string]string // to the subject
	forge    Forgery
	down     bool
	exact    bool // claims stand in the ID token, and not only at the provider
	names    string
	asked    []string
}

// Start runs a provider that sends browsers back to returnURL, until the test ends.
func Start(t testing.TB, returnURL string) *Server {
	t.Helper()
	s := &Server{
		returnURL: returnURL, accounts: map[string]Account{}, requests: map[string]*request{}, codes: map[string]string{},
		tokens: map[string]string{}, crypto: sha256.Sum256([]byte(rand.Text())), exact: true,
	}
	var err error
	if s.key, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(server.Close)
	s.URL = server.URL
	s.provider, err = op.NewProvider(&op.Config{CryptoKey: s.crypto, CodeMethodS256: true, SupportedScopes: []string{"openid", "profile", "email"}},
		&storage{Server: s}, op.StaticIssuer(s.URL), op.WithAllowInsecure())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Know adds an account, or changes the one with its subject.
func (s *Server) Know(a Account) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.accounts[a.Subject] = a
}

// Misbehave makes the provider issue what the forgery makes of its tokens; nil makes it honest again.
func (s *Server) Misbehave(f Forgery) { s.set(func() { s.forge = f }) }

// Stop makes every connection to the provider break, and Resume ends this.
func (s *Server) Stop()   { s.set(func() { s.down = true }) }
func (s *Server) Resume() { s.set(func() { s.down = false }) }

// KeepClaims leaves everything but the subject out of ID tokens, as the standard wants it: who wants more has to ask.
func (s *Server) KeepClaims() { s.set(func() { s.exact = false }) }

// NameInAnswers puts an issuer beside every code (RFC 9207).
func (s *Server) NameInAnswers(issuer string) { s.set(func() { s.names = issuer }) }

// Asked returns the paths that were asked for, in order.
func (s *Server) Asked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.asked...)
}

func (s *Server) set(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	down, forge := s.down, s.forge
	s.asked = append(s.asked, r.URL.Path)
	s.mu.Unlock()
	switch {
	case down:
		panic(http.ErrAbortHandler)
	case r.URL.Path == "/login":
		s.login(w, r)
	case r.URL.Path == "/oauth/token" && forge != nil:
		s.forged(w, r, forge)
	case r.URL.Path == "/authorize/callback":
		s.sendBack(w, r)
	default:
		s.provider.ServeHTTP(w, r)
	}
}

var loginPage = template.Must(template.New("").Parse(`<!doctype html><meta name="viewport" content="width=device-width"><title>SSO</title>
<form method="post"><input type="hidden" name="id" value="{{.ID}}">
{{range .Accounts}}<p><button name="account" value="{{.Subject}}">{{.Subject}}</button></p>{{end}}
<p><button name="error" value="access_denied">Cancel</button></p></form>`))

// login lets whoever sits there choose an account, or cancel.
func (s *Server) login(w http.ResponseWriter, r *http.Request) {
	id := r.FormValue("id")
	s.mu.Lock()
	defer s.mu.Unlock()
	asked := s.requests[id]
	switch account, refusal := r.PostFormValue("account"), r.PostFormValue("error"); {
	case asked == nil:
		http.Error(w, "no such request", http.StatusBadRequest)
	case refusal != "":
		http.Redirect(w, r, s.returnURL+"?"+url.Values{"error": {refusal}, "state": {asked.GetState()}}.Encode(), http.StatusFound)
	case account != "":
		asked.subject = account
		http.Redirect(w, r, "/authorize/callback?id="+url.QueryEscape(id), http.StatusFound)
	default:
		_ = loginPage.Execute(w, map[string]any{"ID": id, "Accounts": s.accounts})
	}
}

// sendBack lets the provider answer, and names it beside the code if it is told to.
func (s *Server) sendBack(w http.ResponseWriter, r *http.Request) {
	answer := httptest.NewRecorder()
	s.provider.ServeHTTP(answer, r)
	s.mu.Lock()
	names := s.names
	s.mu.Unlock()
	to := answer.Header().Get("Location")
	if names != "" && strings.Contains(to, "code=") {
		to = fmt.Sprintf("%s&iss=%s", to, url.QueryEscape(names))
	}
	if to == "" {
		http.Error(w, answer.Body.String(), answer.Code)
		return
	}
	http.Redirect(w, r, to, http.StatusFound)
}
