// Package session tells the handlers of one request who acts, in which language and under which request id, and writes
// the cookies that carry this from request to request.
package session

import (
	"context"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/locale"
	"github.com/marelan/telaah/internal/service"
)

// State is what is known of a request before its handler runs.
type State struct {
	Actor     appraisal.Actor // without an ID while nobody is signed in
	ID        string          // of the session; empty where somebody acts by other means
	Token     string          // that the browser keeps of the session, never to be logged
	Lang      locale.Lang
	RequestID string
	Network   string         // where the request comes from, for limits: an IPv4 address or an IPv6 /64
	Device    service.Device // what the browser says of itself, coarsely
	Secure    bool           // people reach us over https only, so cookies travel there only
	Refused   error          // why what the request showed signs nobody in; nil where it showed nothing
}

type contextKey struct{}

// With returns a context that carries the state.
func With(ctx context.Context, s State) context.Context {
	return context.WithValue(ctx, contextKey{}, s)
}

// Of returns the state of a request; outside of one it is nobody in the default language.
func Of(ctx context.Context) State {
	s, ok := ctx.Value(contextKey{}).(State)
	if !ok {
		return State{Lang: locale.Indonesian}
	}
	return s
}

// Actor returns who is signed in; the ID is empty when nobody is.
func Actor(ctx context.Context) appraisal.Actor { return Of(ctx).Actor }

// SignedIn reports whether somebody is signed in.
func SignedIn(ctx context.Context) bool { return Of(ctx).Actor.ID != "" }

// ID returns the id of the session by which somebody acts.
func ID(ctx context.Context) string { return Of(ctx).ID }

// Origin returns where a request to sign in comes from; the session that the browser has is the one that ends.
func Origin(ctx context.Context) service.Origin {
	s := Of(ctx)
	return service.Origin{Network: s.Network, Device: s.Device, Former: s.Token}
}

// Lang returns the language of the answer.
func Lang(ctx context.Context) locale.Lang { return Of(ctx).Lang }

// RequestID returns the id under which the log knows the request.
func RequestID(ctx context.Context) string { return Of(ctx).RequestID }

// Network returns where the request comes from, as far as limits tell networks apart.
func Network(ctx context.Context) string { return Of(ctx).Network }
