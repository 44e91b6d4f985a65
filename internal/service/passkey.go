package service

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// Authenticators run the ceremonies of passkeys.
type Authenticators interface {
	BeginRegistration(owner appraisal.PasskeyOwner) (appraisal.Ceremony, error)
	FinishRegistration(owner appraisal.PasskeyOwner, kept, answer json.RawMessage) (appraisal.PasskeyCredential, error)
	BeginSignIn() (appraisal.Ceremony, error)
	// Answering returns the id of the passkey that answers, which proves nothing yet.
	Answering(answer json.RawMessage) ([]byte, error)
	// FinishSignIn returns the passkey as it is to be kept from now on, and whether there may be a copy of it.
	FinishSignIn(owner appraisal.PasskeyOwner, kept, answer json.RawMessage) (now appraisal.PasskeyCredential, copied bool, err error)
}

const (
	ceremonyLife  = 5 * time.Minute
	mostPasskeys  = 10
	longestKey    = 60       // characters of a passkey's name
	longestAnswer = 64 << 10 // bytes of an authenticator's answer
)

// Passkey is what somebody signs in with in place of a mailed link.
type Passkey struct {
	ID       string     `json:"id"`
	Name     string     `json:"name"`
	AddedAt  time.Time  `json:"added_at"`
	UsedAt   *time.Time `json:"used_at,omitempty"`
	CopySeen *time.Time `json:"copy_seen_at,omitempty"` // it was refused then, for there may be a copy of it
}

// Passkeys are a person's, and what they may do about them now.
type Passkeys struct {
	Offered bool      `json:"offered"` // browsers keep passkeys for this address
	Recent  bool      `json:"recent"`  // the session is young enough to change them
	Items   []Passkey `json:"items"`
}

// PasskeyChallenge is what a browser hands to an authenticator. Its answer comes back with the ticket, once, within five
// minutes.
type PasskeyChallenge struct {
	Ticket  string          `json:"ticket"`
	Options json.RawMessage `json:"options"`
}

// PasskeyAnswer is what an authenticator made of a challenge.
type PasskeyAnswer struct {
	Ticket     string          `json:"ticket"`
	Name       string          `json:"name"` // of a passkey that is added
	Credential json.RawMessage `json:"credential"`
}

// PasskeysOffered reports whether browsers keep passkeys for this address.
func (s *Service) PasskeysOffered() bool { return s.authenticators != nil }

// Passkeys lists the actor's passkeys. session is the id of the session in which they ask.
func (s *Service) Passkeys(ctx context.Context, actor appraisal.Actor, session string) (Passkeys, error) {
	found, err := postgres.Passkeys(ctx, s.db, actor.ID)
	list := Passkeys{Offered: s.PasskeysOffered(), Items: []Passkey{}}
	if err == nil {
		list.Recent, err = s.recentlySignedIn(ctx, s.db, actor, session, false)
	}
	if err != nil {
		return list, fmt.Errorf("list passkeys: %w", err)
	}
	for _, p := range found {
		list.Items = append(list.Items, Passkey{ID: p.ID, Name: p.Name, AddedAt: p.CreatedAt, UsedAt: p.UsedAt, CopySeen: p.SuspectedAt})
	}
	return list, nil
}

// BeginPasskey asks for a new passkey of the actor, who has signed in not longer than a quarter of an hour ago. A name that
// would be refused is so before a device makes anything.
func (s *Service) BeginPasskey(ctx context.Context, actor appraisal.Actor, session, name string) (PasskeyChallenge, error) {
	if s.authenticators == nil {
		return PasskeyChallenge{}, appraisal.Fault(appraisal.CodeNotFound, "passkey.not_offered", nil)
	}
	if _, err := passkeyName(name); err != nil {
		return PasskeyChallenge{}, err
	}
	var challenge PasskeyChallenge
	err := s.in(ctx, func(t *tx) error {
		if err := s.mayChangeAccess(ctx, t, actor, session, false); err != nil {
			return err
		}
		owner, err := passkeyOwner(ctx, t, actor.ID, actor.Name)
		if err != nil {
			return err
		}
		if len(owner.Records) >= mostPasskeys {
			return appraisal.Fault(appraisal.CodeConflict, "passkey.too_many", map[string]any{"most": mostPasskeys})
		}
		c, err := s.authenticators.BeginRegistration(owner)
		if err != nil {
			return err
		}
		challenge, err = s.challenge(ctx, t, &actor.ID, c)
		return err
	})
	if err != nil {
		return PasskeyChallenge{}, fmt.Errorf("begin to add a passkey: %w", err)
	}
	return challenge, nil
}

// AddPasskey keeps the passkey that the actor's authenticator made. The challenge is used up by any answer.
func (s *Service) AddPasskey(ctx context.Context, actor appraisal.Actor, session string, in PasskeyAnswer) (Passkey, error) {
	var added Passkey
	if s.authenticators == nil {
		return added, appraisal.Fault(appraisal.CodeNotFound, "passkey.not_offered", nil)
	}
	name, err := passkeyName(in.Name)
	if err != nil {
		return added, err
	}
	var refused error
	err = s.in(ctx, func(t *tx) error {
		refused = nil
		if err := s.mayChangeAccess(ctx, t, actor, session, false); err != nil {
			return err
		}
		begun, err := postgres.TakePasskeyCeremony(ctx, t, secret(in.Ticket).digest(), t.now)
		if err != nil {
			return err
		}
		if begun == nil || begun.PersonID == nil || *begun.PersonID != actor.ID || len(in.Credential) > longestAnswer {
			refused = appraisal.Fault(appraisal.CodeInvalid, "passkey.void", nil)
			return nil
		}
		if err := postgres.LockPerson(ctx, t, actor.ID); err != nil {
			return err
		}
		owner, err := passkeyOwner(ctx, t, actor.ID, actor.Name)
		if err != nil {
			return err
		}
		if len(owner.Records) >= mostPasskeys {
			refused = appraisal.Fault(appraisal.CodeConflict, "passkey.too_many", map[string]any{"most": mostPasskeys})
			return nil
		}
		made, err := s.authenticators.FinishRegistration(owner, begun.Kept, in.Credential)
		if err != nil {
			refused = err
			return nil
		}
		added = Passkey{Name: name, AddedAt: t.now}
		if added.ID, err = postgres.InsertPasskey(ctx, t, actor.ID, made, name, t.now); err != nil {
			return err
		}
		return auditPerson(ctx, t, actor, "add_passkey", actor.ID, map[string]any{"name": name})
	})
	if err == nil {
		err = refused
	}
	if err != nil {
		return Passkey{}, s.unproved(ctx, fmt.Errorf("add a passkey: %w", err))
	}
	return added, nil
}

// RemovePasskey takes away one of the actor's passkeys, which signs nobody in any more. One that is not theirs does not exist.
func (s *Service) RemovePasskey(ctx context.Context, actor appraisal.Actor, session, id string) error {
	err := s.in(ctx, func(t *tx) error {
		if err := s.mayChangeAccess(ctx, t, actor, session, false); err != nil {
			return err
		}
		name, err := postgres.DeletePasskey(ctx, t, actor.ID, id)
		if err != nil {
			return err
		}
		if name == nil {
			return appraisal.Fault(appraisal.CodeNotFound, "error.not_found", nil)
		}
		return auditPerson(ctx, t, actor, "remove_passkey", actor.ID, map[string]any{"name": *name})
	})
	if err != nil {
		return fmt.Errorf("remove passkey %.40s: %w", id, err)
	}
	return nil
}

func (s *Service) challenge(ctx context.Context, t *tx, person *appraisal.PersonID, c appraisal.Ceremony) (PasskeyChallenge, error) {
	ticket := newSecret()
	err := postgres.InsertPasskeyCeremony(ctx, t, ticket.digest(), postgres.PasskeyCeremony{PersonID: person, Kept: c.Kept}, t.now, t.now.Add(ceremonyLife))
	return PasskeyChallenge{Ticket: string(ticket), Options: c.Options}, err
}

func passkeyOwner(ctx context.Context, t *tx, person appraisal.PersonID, name string) (appraisal.PasskeyOwner, error) {
	owner := appraisal.PasskeyOwner{ID: person, Name: name}
	keys, err := postgres.Passkeys(ctx, t, person)
	for _, k := range keys {
		owner.Records = append(owner.Records, k.Credential)
	}
	return owner, err
}

func passkeyName(name string) (string, error) {
	name = strings.Join(strings.Fields(name), " ")
	var f appraisal.Faults
	switch {
	case name == "":
		f.Add("name", "error.required", nil)
	case utf8.RuneCountInString(name) > longestKey || strings.ContainsFunc(name, unicode.IsControl) || !utf8.ValidString(name):
		f.Add("name", "passkey.name", map[string]any{"most": longestKey})
	}
	return name, f.Err()
}
