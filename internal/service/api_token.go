package service

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// tokenMark begins every API token, so that it is told from a session's and recognised where it has got into the open.
const tokenMark = "telaah_"

const (
	longestTokenName = 80  // letters
	longestTokenLife = 365 // days
	mostTokens       = 20  // of one person
)

// NewAPIToken is a token that somebody wants.
type NewAPIToken struct {
	Name   string                 `json:"name"`
	Scopes []appraisal.TokenScope `json:"scopes"`
	Days   int                    `json:"days"` // of life, at most 365
}

func (in NewAPIToken) validate() error {
	var f appraisal.Faults
	switch {
	case strings.TrimSpace(in.Name) == "":
		f.Add("name", "token.error.name", nil)
	case utf8.RuneCountInString(in.Name) > longestTokenName:
		f.Add("name", "token.error.name_long", map[string]any{"max": longestTokenName})
	case !utf8.ValidString(in.Name) || strings.ContainsFunc(in.Name, unicode.IsControl):
		f.Add("name", "token.error.name", nil)
	}
	if len(in.Scopes) == 0 {
		f.Add("scopes", "token.error.scopes", nil)
	}
	for i, scope := range in.Scopes {
		if !slices.Contains(appraisal.TokenScopes, scope) || slices.Contains(in.Scopes[:i], scope) {
			f.Add("scopes", "error.unknown_word", map[string]any{"value": string(scope)})
			break
		}
	}
	if in.Days < 1 || in.Days > longestTokenLife {
		f.Add("days", "token.error.days", map[string]any{"max": longestTokenLife})
	}
	return f.Err()
}

// APIToken is a token as its owner sees it.
type APIToken struct {
	ID        string                 `json:"id"`
	Name      string                 `json:"name"`
	Scopes    []appraisal.TokenScope `json:"scopes"`
	CreatedAt time.Time              `json:"created_at"`
	ExpiresAt time.Time              `json:"expires_at"`
	Expired   bool                   `json:"expired"`
	SeenAt    *time.Time             `json:"seen_at"`
}

// MadeAPIToken tells the token itself, once.
type MadeAPIToken struct {
	APIToken
	Token string `json:"token"`
}

// CreateAPIToken makes a token by which a program does what its scopes say in the actor's name, as far as the actor may at that
// moment. The session has to be a recent one, for a token outlives it. It is not an act that is repeated: what is told once cannot be told again.
func (s *Service) CreateAPIToken(ctx context.Context, actor appraisal.Actor, session string, in NewAPIToken) (MadeAPIToken, error) {
	var made MadeAPIToken
	err := s.in(ctx, func(t *tx) error {
		if err := appraisal.Can(actor, appraisal.ActionOwnAccount, appraisal.Subject{}); err != nil {
			return err
		}
		if err := s.mayChangeAccess(ctx, t, actor, session, true); err != nil {
			return err
		}
		if err := in.validate(); err != nil {
			return err
		}
		if err := postgres.LockPerson(ctx, t, actor.ID); err != nil {
			return err
		}
		known, err := postgres.APITokens(ctx, t, actor.ID)
		if err != nil {
			return err
		}
		if len(known) >= mostTokens {
			return appraisal.Fault(appraisal.CodeConflict, "token.error.many", map[string]any{"max": mostTokens})
		}
		token := secret(tokenMark) + newSecret()
		row := postgres.APIToken{
			PersonID: actor.ID, Name: strings.TrimSpace(in.Name), Scopes: in.Scopes, CreatedAt: t.now, ExpiresAt: t.now.AddDate(0, 0, in.Days),
		}
		if row.ID, err = postgres.InsertAPIToken(ctx, t, token.digest(), row); err != nil {
			return err
		}
		made = MadeAPIToken{APIToken: apiToken(row, t.now), Token: string(token)}
		return auditPerson(ctx, t, actor, "create_token", actor.ID, map[string]any{"name": row.Name, "scopes": in.Scopes, "expires_at": row.ExpiresAt})
	})
	if err != nil {
		return MadeAPIToken{}, fmt.Errorf("create an API token: %w", err)
	}
	return made, nil
}

func apiToken(t postgres.APIToken, now time.Time) APIToken {
	return APIToken{
		ID: t.ID, Name: t.Name, Scopes: t.Scopes, CreatedAt: t.CreatedAt, ExpiresAt: t.ExpiresAt, Expired: !t.ExpiresAt.After(now), SeenAt: t.SeenAt,
	}
}

// APITokens lists the actor's tokens, the newest first.
func (s *Service) APITokens(ctx context.Context, actor appraisal.Actor) ([]APIToken, error) {
	if err := appraisal.Can(actor, appraisal.ActionOwnAccount, appraisal.Subject{}); err != nil {
		return nil, err
	}
	rows, err := postgres.APITokens(ctx, s.db, actor.ID)
	if err != nil {
		return nil, fmt.Errorf("list API tokens: %w", err)
	}
	list := make([]APIToken, len(rows))
	for i, row := range rows {
		list[i] = apiToken(row, s.clock())
	}
	return list, nil
}

// RevokeAPIToken ends a token of the actor at once. A token of somebody else is CodeNotFound.
func (s *Service) RevokeAPIToken(ctx context.Context, actor appraisal.Actor, id string) error {
	err := s.in(ctx, func(t *tx) error {
		if err := appraisal.Can(actor, appraisal.ActionOwnAccount, appraisal.Subject{}); err != nil {
			return err
		}
		name, ok, err := postgres.DeleteAPIToken(ctx, t, actor.ID, id)
		if err != nil {
			return err
		}
		if !ok {
			return appraisal.Fault(appraisal.CodeNotFound, "error.not_found", nil)
		}
		return auditPerson(ctx, t, actor, "revoke_token", actor.ID, map[string]any{"name": name})
	})
	if err != nil {
		return fmt.Errorf("revoke an API token: %w", err)
	}
	return nil
}

// byToken answers for a program that shows an API token.
func (s *Service) byToken(ctx context.Context, c Credential, now time.Time) (Identity, error) {
	found, err := postgres.TokenByDigest(ctx, s.db, secret(c.Token).digest(), now)
	if err != nil {
		return Identity{}, err
	}
	if found == nil {
		return Identity{}, appraisal.Fault(appraisal.CodeUnauthorized, "token.error.void", nil)
	}
	if found.SeenAt == nil || now.Sub(*found.SeenAt) >= seenEvery {
		if err := postgres.TouchAPIToken(ctx, s.db, found.TokenID, now); err != nil {
			return Identity{}, err
		}
	}
	actor := actorOf(found.Acting)
	actor.ByToken, actor.Scopes = true, found.Scopes
	return Identity{Actor: actor}, nil
}
