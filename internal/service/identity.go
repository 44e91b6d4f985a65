package service

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/netip"
	"slices"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/locale"
	"github.com/marelan/telaah/internal/mail"
	"github.com/marelan/telaah/internal/postgres"
)

// secret is what a link or a session is known by. The record keeps its digest only.
type secret string

func newSecret() secret {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails
	return secret(base64.RawURLEncoding.EncodeToString(b))
}

func (s secret) digest() []byte {
	sum := sha256.Sum256([]byte(s))
	return sum[:]
}

// key names the mail that carries the secret, without telling it.
func (s secret) key(kind mail.Kind) string {
	return fmt.Sprintf("%s/%x", kind, s.digest()[:16])
}

func actorOf(a postgres.Acting) appraisal.Actor {
	return appraisal.Actor{ID: a.ID, Name: a.FullName, Roles: a.Roles, Lang: a.Language, HRUnits: a.HRUnits}
}

// actorOfSession is whoever is signed in, with those in whose place they stand today. An API token stands in for nobody.
func actorOfSession(a *postgres.SessionActor) appraisal.Actor {
	actor := actorOf(a.Acting)
	actor.For = a.For
	return actor
}

// loopback reports whether a network, an address or an IPv6 /64, is this machine. ::/64 holds nothing else that can be
// reached.
func loopback(network string) bool {
	if prefix, err := netip.ParsePrefix(network); err == nil {
		return prefix.Contains(netip.IPv6Loopback()) && prefix.Bits() >= 64 || prefix.Addr().Is4() && prefix.Addr().IsLoopback() && prefix.Bits() >= 8
	}
	a, err := netip.ParseAddr(network)
	return err == nil && a.Unmap().IsLoopback()
}

// SetLanguage keeps the actor's choice of "id" or "en", for pages and mail.
func (s *Service) SetLanguage(ctx context.Context, actor appraisal.Actor, lang string) error {
	if err := appraisal.Can(actor, appraisal.ActionOwnAccount, appraisal.Subject{}); err != nil {
		return err
	}
	if !slices.Contains(locale.Langs, locale.Lang(lang)) {
		var f appraisal.Faults
		f.Add("language", "error.unknown_word", map[string]any{"value": lang})
		return f.Err()
	}
	if err := postgres.SetLanguage(ctx, s.db, actor.ID, lang); err != nil {
		return fmt.Errorf("set the language of %s: %w", actor.ID, err)
	}
	return nil
}

// DemonstrationLink returns the token of a link that signs a person in again and again, until the first import of real data
// revokes it. Where there are real data already it is CodeForbidden.
func (s *Service) DemonstrationLink(ctx context.Context, person appraisal.PersonID) (token string, err error) {
	fresh := newSecret()
	ok, err := postgres.InsertDemonstrationLink(ctx, s.db, fresh.digest(), person, s.clock().UTC())
	if err == nil && !ok {
		err = appraisal.Fault(appraisal.CodeForbidden, "sign_in.not_demonstration", nil)
	}
	if err != nil {
		return "", fmt.Errorf("make a demonstration link: %w", err)
	}
	return string(fresh), nil
}

// InviteAdministrator gives the person with the address a role, and returns the token of a one-time link, valid for 72 hours,
// which is mailed to them as well. Somebody who is not in the roster gets an account of that address. HR may be of units, each with
// all below it, named by their codes; without any it is of the whole organisation.
func (s *Service) InviteAdministrator(ctx context.Context, actor appraisal.Actor, email string, role appraisal.Role, units ...string) (token string, err error) {
	if err := appraisal.Can(actor, appraisal.ActionManageAccess, appraisal.Subject{}); err != nil {
		return "", err
	}
	if email, err = address(email); err != nil {
		return "", err
	}
	if !slices.Contains(appraisal.GrantedRoles, role) {
		return "", unknownRole(role)
	}
	fresh := newSecret()
	err = s.in(ctx, func(t *tx) error {
		person, err := postgres.AccountByEmail(ctx, t, email)
		if err != nil {
			return err
		}
		if err := grant(ctx, t, actor, person, role, units); err != nil {
			return err
		}
		return postgres.MailLink(ctx, t, email, link(mail.KindInvitation, fresh, "/", t.now, invitationLife))
	})
	if err != nil {
		return "", fmt.Errorf("invite an administrator: %w", err)
	}
	return string(fresh), nil
}
