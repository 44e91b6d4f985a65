package service

import (
	"context"
	"fmt"
	"strings"
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
	Anew    bool   // a provider of identities has just asked who sits there; of no meaning for other means
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
		Demonstration: means == MeansDemonstration, Remembered: means == MeansOpenID && !from.Anew, CreatedAt: t.now, ExpiresAt: t.now.Add(s.sessions.Life),
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
	if err := auditPerson(ctx, t, appraisal.Actor{ID: person, Network: from.Network}, "sign_in", person, map[string]any{
		"means": means, "browser": from.Device.Browser, "system": from.Device.System,
	}); err != nil {
		return SignedIn{}, err
	}
	return SignedIn{Token: string(token), Actor: actorOfSession(found)}, nil
}

// auditPerson writes a line of the trail about a person. An actor without an id is the operator, or somebody who is not known.
func auditPerson(ctx context.Context, t *tx, by appraisal.Actor, action string, about appraisal.PersonID, detail map[string]any) error {
	return postgres.Audit(ctx, t, postgres.AuditEvent{At: t.now, Actor: by.Person(), Network: by.Network, Action: action, Subject: "person/" + string(about), Detail: detail})
}

// Credential is what a request shows to say who acts.
type Credential struct {
	Token  string
	Cookie bool // from the cookie of a browser, which can be handed another one

	Network string // where the request comes from
}

// Identity is who acts, and by what.
type Identity struct {
	Actor   appraisal.Actor
	Session string // id
	Fresh   string // token that the browser is to keep from now on; empty: the one it has
}

// Authenticate returns who a session belongs to or an API token acts for, with the roles that they hold now. What is over is
// CodeUnauthorized. An API token is no cookie. A browser that is in use gets another token once a day. Once it has shown that one, the token before is
// worth nothing after a minute, and whoever still comes with it ends the session: one of the two has stolen it.
func (s *Service) Authenticate(ctx context.Context, c Credential) (Identity, error) {
	now := s.clock().UTC().Truncate(time.Microsecond)
	find := s.bySession
	if strings.HasPrefix(c.Token, tokenMark) && !c.Cookie {
		find = s.byToken
	}
	identity, err := find(ctx, c, now)
	if err != nil {
		return Identity{}, fmt.Errorf("find out who acts: %w", err)
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
	identity := Identity{Actor: actorOfSession(found), Session: found.SessionID}
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
		identity = Identity{Actor: actorOfSession(found), Session: found.SessionID}
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
		return auditPerson(ctx, t, appraisal.Actor{Network: c.Network}, "end_stolen_session", found.ID, map[string]any{})
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
		return auditPerson(ctx, t, actor, "sign_out", actor.ID, map[string]any{})
	})
	if err != nil {
		return fmt.Errorf("sign out: %w", err)
	}
	return nil
}

// Session is one of somebody's sessions as they see it.
type Session struct {
	ID        string    `json:"id"`
	Current   bool      `json:"current"`
	Means     Means     `json:"means"`
	Network   string    `json:"network"`
	Device    Device    `json:"device"`
	BegunAt   time.Time `json:"begun_at"`
	SeenAt    time.Time `json:"seen_at"`
	ExpiresAt time.Time `json:"expires_at"` // at the latest; sooner when it is not used
}

// Sessions lists the actor's sessions that have not ended, the last used first. current is the one that asks.
func (s *Service) Sessions(ctx context.Context, actor appraisal.Actor, current string) ([]Session, error) {
	if err := appraisal.Can(actor, appraisal.ActionOwnAccount, appraisal.Subject{}); err != nil {
		return nil, err
	}
	rows, err := postgres.Sessions(ctx, s.db, actor.ID, s.live(s.clock().UTC()))
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	list := make([]Session, len(rows))
	for i, r := range rows {
		list[i] = Session{
			ID: r.ID, Current: r.ID == current, Means: Means(r.Means), Network: r.Network, Device: Device{Browser: r.Browser, System: r.System},
			BegunAt: r.CreatedAt, SeenAt: r.SeenAt, ExpiresAt: r.ExpiresAt,
		}
	}
	return list, nil
}

// EndSession ends one of the actor's sessions. One that has ended, or is somebody else's, is CodeNotFound.
func (s *Service) EndSession(ctx context.Context, actor appraisal.Actor, id string) error {
	err := s.in(ctx, func(t *tx) error {
		if err := appraisal.Can(actor, appraisal.ActionOwnAccount, appraisal.Subject{}); err != nil {
			return err
		}
		ended, err := postgres.EndSession(ctx, t, actor.ID, id)
		if err == nil && !ended {
			err = appraisal.Fault(appraisal.CodeNotFound, "error.not_found", nil)
		}
		if err != nil {
			return err
		}
		return auditPerson(ctx, t, actor, "end_session", actor.ID, map[string]any{})
	})
	if err != nil {
		return fmt.Errorf("end a session: %w", err)
	}
	return nil
}

// EndOtherSessions ends all of the actor's sessions but the one that asks, and returns how many.
func (s *Service) EndOtherSessions(ctx context.Context, actor appraisal.Actor, current string) (int64, error) {
	var ended int64
	err := s.in(ctx, func(t *tx) (err error) {
		if err := appraisal.Can(actor, appraisal.ActionOwnAccount, appraisal.Subject{}); err != nil {
			return err
		}
		if ended, err = postgres.EndSessions(ctx, t, actor.ID, current); err != nil {
			return err
		}
		return auditPerson(ctx, t, actor, "end_other_sessions", actor.ID, map[string]any{"ended": ended})
	})
	if err != nil {
		return 0, fmt.Errorf("end the other sessions: %w", err)
	}
	return ended, nil
}

// SignOutPerson ends whatever lets the person with the address in: sessions, API tokens, passkeys, and links that were sent. It returns
// how many of the first three there were. It is for an administrator; nobody with the address is CodeNotFound.
func (s *Service) SignOutPerson(ctx context.Context, actor appraisal.Actor, email string) (int64, error) {
	email, err := address(email)
	if err != nil {
		return 0, err
	}
	var ended int64
	err = s.in(ctx, func(t *tx) error {
		person, err := managed(ctx, t, actor, email)
		if err != nil {
			return err
		}
		sessions, err := postgres.EndSessions(ctx, t, person, "")
		if err != nil {
			return err
		}
		tokens, err := postgres.DeleteAPITokens(ctx, t, person)
		if err != nil {
			return err
		}
		passkeys, err := postgres.DeletePasskeys(ctx, t, person)
		if err != nil {
			return err
		}
		if err := postgres.DeleteLinks(ctx, t, person); err != nil {
			return err
		}
		ended = sessions + tokens + passkeys
		return auditPerson(ctx, t, actor, "sign_out_person", person, map[string]any{"sessions": sessions, "tokens": tokens, "passkeys": passkeys})
	})
	if err != nil {
		return 0, fmt.Errorf("sign somebody out: %w", err)
	}
	return ended, nil
}
