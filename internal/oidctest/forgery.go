package oidctest

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/go-jose/go-jose/v4"
)

// Forgery makes another ID token of the claims of a right one, with the provider's own key at hand.
type Forgery func(claims map[string]any, key *rsa.PrivateKey) (token string, err error)

// Claiming signs with the provider's key whatever change makes of the claims.
func Claiming(change func(claims map[string]any)) Forgery {
	return func(claims map[string]any, key *rsa.PrivateKey) (string, error) {
		change(claims)
		return sign(claims, jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: key, KeyID: keyID}})
	}
}

// SignedByAnother signs right claims with a key that is not the provider's, under the name of the provider's.
func SignedByAnother(claims map[string]any, _ *rsa.PrivateKey) (string, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return "", err
	}
	return sign(claims, jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: key, KeyID: keyID}})
}

// SignedWithTheSecret signs right claims with what only the client and the provider should know, which is no key.
func SignedWithTheSecret(claims map[string]any, _ *rsa.PrivateKey) (string, error) {
	return sign(claims, jose.SigningKey{Algorithm: jose.HS256, Key: []byte(strings.Repeat(ClientSecret, 4))})
}

// Unsigned leaves the signature out.
func Unsigned(claims map[string]any, _ *rsa.PrivateKey) (string, error) {
	body, err := json.Marshal(claims)
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","typ":"JWT"}`)) + "." + base64.RawURLEncoding.EncodeToString(body) + ".", nil
}

func sign(claims map[string]any, with jose.SigningKey) (string, error) {
	signer, err := jose.NewSigner(with, nil)
	if err != nil {
		return "", err
	}
	body, err := json.Marshal(claims)
	if err != nil {
		return "", err
	}
	signed, err := signer.Sign(body)
	if err != nil {
		return "", err
	}
	return signed.CompactSerialize()
}

// forged lets the provider answer rightly and puts another ID token in its answer.
func (s *Server) forged(w http.ResponseWriter, r *http.Request, forge Forgery) {
	right := httptest.NewRecorder()
	s.provider.ServeHTTP(right, r)
	var answer map[string]any
	if err := json.Unmarshal(right.Body.Bytes(), &answer); err != nil || right.Code != http.StatusOK {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(right.Code)
		_, _ = w.Write(right.Body.Bytes())
		return
	}
	token, err := s.remade(answer["id_token"], forge)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	if answer["id_token"] = token; token == "" {
		delete(answer, "id_token")
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(answer)
}

func (s *Server) remade(token any, forge Forgery) (string, error) {
	raw, _ := token.(string)
	parts := strings.Split(raw, ".")
	body, err := base64.RawURLEncoding.DecodeString(parts[len(parts)/2])
	if err != nil {
		return "", err
	}
	var claims map[string]any
	if err := json.Unmarshal(body, &claims); err != nil {
		return "", err
	}
	return forge(claims, s.key)
}
