package service

import (
	"context"
	"fmt"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

const (
	seenEvery     = time.Minute    // how exactly it is known when a session was used last
	rotateEvery   = 24 * time.Hour // how long a browser keeps the same token while it uses it
	rotationGrace = time.Minute    // how long requests that were under way may still come with the token before
)

// SessionLimits end sessions by themselves.
type SessionLimits struct {
	Idle      time.Duration // after which an unused session ends
	BriefIdle time.Duration // the same for those who hold one of the briefRoles
	Life      time.Duration // after which any session ends
}

// DefaultSessionLimits are those without settings.
var DefaultSessionLimits = SessionLimits{Idle: 7 * 24 * time.Hour, BriefIdle: 12 * time.Hour, Life: 30 * 24 * time.Hour}

// briefRoles are those whose holders reach what is everybody's: a screen left open overnight is signed out.
var briefRoles = []appraisal.Role{appraisal.RoleHR, appraisal.RoleAdministrator, appraisal.RoleAuditor}

func (s *Service) live(now time.Time) postgres.LiveSession {
	return postgres.LiveSession{
		Now: now, IdleSince: now.Add(-s.sessions.Idle), BriefSince: now.Add(-min(s.sessions.Idle, s.sessions.BriefIdle)), Brief: briefRoles, Day: s.day(now),
	}
}

// Means is how somebody proved who they are.
type Means string

const (
	MeansLink               Means = "link"
	MeansCode               Means = "code"
	MeansInvitation         Means = "invitation"
	MeansFirstAdministrator Means = "first_administrator"
	MeansDemonstration      Means = "demonstration"
	MeansOpenID             Means = "openid"
	MeansPasskey            Means = "passkey"
)

// Origin is where a request to sign in comes from.
type Origin struct {
	Network string // an address or an IPv6 /64
	Device  Device
	Asker   string // what RequestLink has returned to the same browser; empty where no link was asked for
	Former  string // token of the session that the same browser has had so far: it ends
}

// Device is what is kept of a browser: its name and that of the system, such as Firefox and Windows. Both are empty for
// programs.
type Device struct {
	Browser string `json:"browser"`
	System  string `json:"system"`
}

// beginSession signs an identified person in: a new session with a new token, whatever the browser had before, written in the
// trail. Every means of signing in ends here, in the transaction that uses up what it was proved with; the caller adds where to
// go next. A person who has left is CodeUnauthorized.
func (s *Service) beginSession(ctx context.Context, t *tx, person appraisal.PersonID, means Means, from Origin) (SignedIn, error) {
	if from.Former != "" {
		if _, err := postgres.EndSessionByDigest(ctx, t, secret(from.Former).digest()); err != nil {
			return SignedIn{}, err
		}
	}
	token, live := newSecret(), s.live(t.now)
	id, ok, err := postgres.InsertSession(ctx, t, token.digest(), postgres.Session{
		PersonID: person, Means: string(means), Network: from.Network, Browser: from.Device.Browser, System: from.Device.System,
		Demonstration: means == MeansDemonstration, CreatedAt: t.now, ExpiresAt: t.now.Add(s.sessions.Life),
	}, live.IdleSince)
	if err == nil && !ok {
		err = appraisal.Fault(appraisal.CodeUnauthorized, "error.sign_in", nil)
	}
	if err != nil {
		return SignedIn{}, err
	}
	found, err := postgres.SessionByID(ctx, t, id, live)
	if err != nil {
		return SignedIn{}, err
	}
	t.network = from.Network
	if err := auditPerson(ctx, t, &person, "sign_in", person, map[string]any{
		"means": means, "browser": from.Device.Browser, "system": from.Device.System,
	}); err != nil {
		return SignedIn{}, err
	}
	return SignedIn{Token: string(token), Actor: actorOf(*found)}, nil
}

// auditPerson writes a line of the trail about a person; by is nil for the operator and where nobody is known.
func auditPerson(ctx context.Context, t *tx, by *appraisal.PersonID, action string, about appraisal.PersonID, detail map[string]any) error {
	return postgres.Audit(ctx, t, postgres.AuditEvent{At: t.now, Actor: by, Network: t.network, Action: action, Subject: "person/" + string(about), Detail: detail})
}

// Credential is what a request shows to say who acts.
type Credential struct {
	Token  string
	Cookie bool // from the cookie of a browser, which can be handed another one
}

// Identity is who acts, and by what.
type Identity struct {
	Actor   appraisal.Actor
	Session string // id
	Fresh   string // token that the browser is to keep from now on; empty: the one it has
}

// Authenticate returns who a session belongs to, with the roles that they hold now. A session that is over is
// CodeUnauthorized. A browser that is in use gets another token once a day. Once it has shown that one, the token before is
// worth nothing after a minute, and whoever still comes with it ends the session: one of the two has stolen it.
func (s *Service) Authenticate(ctx context.Context, c Credential) (Identity, error) {
	now := s.clock().UTC().Truncate(time.Microsecond)
	identity, err := s.bySession(ctx, c, now)
	if err != nil {
		return Identity{}, fmt.Errorf("look up a session: %w", err)
	}
	return identity, nil
}

var errSignIn = appraisal.Fault(appraisal.CodeUnauthorized, "error.sign_in", nil)

func (s *Service) bySession(ctx context.Context, c Credential, now time.Time) (Identity, error) {
	digest := secret(c.Token).digest()
	found, err := postgres.SessionByDigest(ctx, s.db, digest, s.live(now))
	if err != nil {
		return Identity{}, err
	}
	if found == nil {
		return s.byFormerToken(ctx, c)
	}
	if now.Sub(found.SeenAt) >= seenEvery || found.ConfirmedAt.Before(found.TokenAt) {
		if err := postgres.TouchSession(ctx, s.db, digest, now); err != nil {
			return Identity{}, err
		}
	}
	identity := Identity{Actor: actorOf(*found), Session: found.SessionID}
	if c.Cookie && now.Sub(found.TokenAt) >= rotateEvery {
		identity.Fresh, err = s.replaceToken(ctx, s.db, *found, now)
	}
	return identity, err
}

// replaceToken returns the session's new token, and nothing if another request has got it.
func (s *Service) replaceToken(ctx context.Context, q postgres.Querier, found postgres.SessionActor, now time.Time) (string, error) {
	fresh := newSecret()
	ok, err := postgres.ReplaceToken(ctx, q, found.SessionID, found.TokenAt, fresh.digest(), now)
	if err != nil || !ok {
		return "", err
	}
	return string(fresh), nil
}

// byFormerToken answers a request with a token in whose place another one has come. As long as nobody has shown that one, its
// answer may have got lost on the way, and the browser is handed another.
func (s *Service) byFormerToken(ctx context.Context, c Credential) (Identity, error) {
	var identity Identity
	stolen := false
	err := s.in(ctx, func(t *tx) error {
		former, err := postgres.LockFormerToken(ctx, t, secret(c.Token).digest())
		if err != nil {
			return err
		}
		if former == nil {
			return errSignIn
		}
		found, err := postgres.SessionByID(ctx, t, former.SessionID, s.live(t.now))
		if err != nil {
			return err
		}
		if found == nil {
			return errSignIn
		}
		identity = Identity{Actor: actorOf(*found), Session: found.SessionID}
		replaced, shown := former.At, !former.At.After(found.ConfirmedAt)
		if shown {
			replaced = found.ConfirmedAt
		}
		switch inTime := t.now.Sub(replaced) < rotationGrace; {
		case inTime:
			return nil
		case !shown && c.Cookie:
			identity.Fresh, err = s.replaceToken(ctx, t, *found, t.now)
			return err
		}
		stolen = true
		if _, err := postgres.EndSession(ctx, t, found.ID, found.SessionID); err != nil {
			return err
		}
		return auditPerson(ctx, t, nil, "end_stolen_session", found.ID, map[string]any{})
	})
	if err == nil && stolen {
		err = appraisal.Fault(appraisal.CodeUnauthorized, "sign_in.stolen", nil)
	}
	return identity, err
}

// SignOut ends the session; ending it twice changes nothing.
func (s *Service) SignOut(ctx context.Context, actor appraisal.Actor, session string) error {
	err := s.in(ctx, func(t *tx) error {
		ended, err := postgres.EndSession(ctx, t, actor.ID, session)
		if err != nil || !ended {
			return err
		}
		return auditPerson(ctx, t, actor.Person(), "sign_out", actor.ID, map[string]any{})
	})
	if err != nil {
		return fmt.Errorf("sign out: %w", err)
	}
	return nil
}
