package service

import (
	"context"
	"errors"
	"fmt"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// BeginPasskeySignIn asks for any passkey of this address, from somebody who is not known yet.
func (s *Service) BeginPasskeySignIn(ctx context.Context, network string) (PasskeyChallenge, error) {
	if s.authenticators == nil {
		return PasskeyChallenge{}, appraisal.Fault(appraisal.CodeNotFound, "passkey.not_offered", nil)
	}
	var challenge PasskeyChallenge
	err := s.in(ctx, func(t *tx) error {
		if err := limitNetwork(ctx, t, "passkey", network); err != nil {
			return err
		}
		c, err := s.authenticators.BeginSignIn()
		if err != nil {
			return err
		}
		challenge, err = s.challenge(ctx, t, nil, c)
		return err
	})
	if err != nil {
		return PasskeyChallenge{}, fmt.Errorf("begin a sign-in by passkey: %w", err)
	}
	return challenge, nil
}

// FinishPasskeySignIn signs in whose passkey has answered the challenge, which any answer uses up. A passkey that was removed,
// whose person has left, or of which there may be a copy is refused; of a person who is known this is audited.
func (s *Service) FinishPasskeySignIn(ctx context.Context, in PasskeyAnswer, from Origin) (SignedIn, error) {
	if s.authenticators == nil {
		return SignedIn{}, appraisal.Fault(appraisal.CodeNotFound, "passkey.not_offered", nil)
	}
	var answer SignedIn
	var refused error
	err := s.in(ctx, func(t *tx) error {
		refused = nil
		begun, err := postgres.TakePasskeyCeremony(ctx, t, secret(in.Ticket).digest(), t.now)
		if err != nil {
			return err
		}
		if begun == nil || begun.PersonID != nil || len(in.Credential) > longestAnswer {
			refused = appraisal.Fault(appraisal.CodeUnauthorized, "passkey.void", nil)
			return nil
		}
		id, err := s.authenticators.Answering(in.Credential)
		if err != nil {
			refused = err
			return nil
		}
		key, err := postgres.LockPasskey(ctx, t, id)
		if err != nil {
			return err
		}
		if key == nil {
			refused = appraisal.Fault(appraisal.CodeUnauthorized, "passkey.unknown", nil)
			return nil
		}
		answer, refused, err = s.enterByPasskey(ctx, t, *key, *begun, in, from)
		return err
	})
	if err == nil {
		err = refused
	}
	if err != nil {
		return SignedIn{}, s.unproved(ctx, fmt.Errorf("sign in by passkey: %w", err))
	}
	return answer, nil
}

// enterByPasskey starts the session of a passkey's owner. What it refuses is written down, so it is no error of the
// transaction.
func (s *Service) enterByPasskey(ctx context.Context, t *tx, key postgres.Passkey, begun postgres.PasskeyCeremony, in PasskeyAnswer, from Origin) (
	answer SignedIn, refused, err error) {
	name, active, err := postgres.KnownPerson(ctx, t, key.PersonID)
	if err != nil {
		return answer, nil, err
	}
	owner, err := passkeyOwner(ctx, t, key.PersonID, name)
	if err != nil {
		return answer, nil, err
	}
	now, copied, err := s.authenticators.FinishSignIn(owner, begun.Kept, in.Credential)
	cause := ""
	switch {
	case err != nil:
		refused, cause = err, "unproved"
	case !active:
		refused, cause = appraisal.Fault(appraisal.CodeForbidden, "passkey.departed", nil), string(refusedDeparted)
	case copied:
		refused, cause = appraisal.Fault(appraisal.CodeForbidden, "passkey.copied", nil), "copied"
		if err := postgres.SuspectPasskey(ctx, t, key.ID, t.now); err != nil {
			return answer, nil, err
		}
	}
	if refused != nil {
		return answer, refused, auditPerson(ctx, t, appraisal.Actor{Network: from.Network}, "refuse_sign_in", key.PersonID,
			map[string]any{"means": MeansPasskey, "cause": cause, "name": key.Name})
	}
	if err := postgres.UsePasskey(ctx, t, key.ID, now.Record, t.now); err != nil {
		return answer, nil, err
	}
	answer, err = s.beginSession(ctx, t, key.PersonID, MeansPasskey, from)
	return answer, nil, err
}

// unproved logs why an authenticator's answer was refused, which people are told in other words.
func (s *Service) unproved(ctx context.Context, err error) error {
	if cause := (*appraisal.Error)(nil); errors.As(err, &cause) && cause.Err != nil {
		s.log.WarnContext(ctx, "an authenticator's answer was refused", "error", err)
	}
	return err
}
