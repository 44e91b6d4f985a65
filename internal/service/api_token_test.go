package service

import (
	"strings"
	"testing"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// token makes a token for somebody.
func (b *bundle) token(t *testing.T, who string, scopes ...appraisal.TokenScope) MadeAPIToken {
	t.Helper()
	made, err := b.CreateAPIToken(t.Context(), b.as(who), b.sitsDown(t, who), NewAPIToken{Name: "Program", Scopes: scopes, Days: 30})
	must(t, err)
	return made
}

func (b *bundle) shows(t *testing.T, token string) (appraisal.Actor, error) {
	t.Helper()
	who, err := b.Authenticate(t.Context(), Credential{Token: token})
	return who.Actor, err
}

func TestATokenActsForItsPersonWithTheRolesOfTheMomentUntilItExpiresOrTheyLeave(t *testing.T) {
	t.Parallel()
	b := setupUnlaunched(t)
	made, leaver := b.token(t, "hana", appraisal.ScopeCycles), b.token(t, "budi", appraisal.ScopeRead)
	if !strings.HasPrefix(made.Token, "telaah_") || len(made.Token) != 50 {
		t.Errorf("the token is %q", made.Token)
	}
	actor, err := b.shows(t, made.Token)
	must(t, err)
	if actor.ID != b.as("hana").ID || appraisal.MayTry(actor, appraisal.ActionManageCycle) != nil {
		t.Errorf("it acts as %+v", actor)
	}
	wantCode(t, appraisal.MayTry(actor, appraisal.ActionImport), appraisal.CodeForbidden)
	b.exec(t, `delete from role_grant where person_id = $1`, b.as("hana").ID)
	actor, err = b.shows(t, made.Token)
	must(t, err)
	wantCode(t, appraisal.MayTry(actor, appraisal.ActionManageCycle), appraisal.CodeForbidden)

	_, err = b.shows(t, leaver.Token)
	must(t, err)
	b.exec(t, `update person set active = false where id = $1`, b.as("budi").ID)
	_, err = b.shows(t, leaver.Token)
	wantCode(t, err, appraisal.CodeUnauthorized)
	b.clock.advance(30 * 24 * time.Hour)
	_, err = b.shows(t, made.Token)
	wantCode(t, err, appraisal.CodeUnauthorized)
}

func TestATokenIsNoCookieAndMakesNeitherTokensNorSessions(t *testing.T) {
	t.Parallel()
	b := setupUnlaunched(t)
	made := b.token(t, "ani", appraisal.TokenScopes...)
	_, err := b.Authenticate(t.Context(), Credential{Token: made.Token, Cookie: true})
	wantCode(t, err, appraisal.CodeUnauthorized)
	actor, err := b.shows(t, made.Token)
	must(t, err)
	_, err = b.CreateAPIToken(t.Context(), actor, b.sitsDown(t, "ani"), NewAPIToken{Name: "x", Scopes: appraisal.TokenScopes, Days: 1})
	wantCode(t, err, appraisal.CodeForbidden)
	_, err = b.Sessions(t.Context(), actor, "")
	wantCode(t, err, appraisal.CodeForbidden)
	wantCode(t, b.RevokeAPIToken(t.Context(), actor, made.ID), appraisal.CodeForbidden)
	_, err = b.SignOutPerson(t.Context(), actor, "budi@pemda.test")
	wantCode(t, err, appraisal.CodeForbidden)
}

func TestTheRecordHoldsNoAPIToken(t *testing.T) {
	t.Parallel()
	b := setupUnlaunched(t)
	made := b.token(t, "ani", appraisal.ScopeRead)
	kept := query[string](t, b, `select string_agg(k::text, ' ') from api_token k`) + query[string](t, b, `select string_agg(e::text, ' ') from audit_event e`)
	if strings.Contains(kept, made.Token) || strings.Contains(kept, strings.TrimPrefix(made.Token, tokenMark)) {
		t.Errorf("the token can be read in %s", kept)
	}
}

func TestATokenIsAskedForWithANameScopesAndAnEnd(t *testing.T) {
	t.Parallel()
	b := setupUnlaunched(t)
	session := b.sitsDown(t, "ani")
	good := NewAPIToken{Name: "Program", Scopes: []appraisal.TokenScope{appraisal.ScopeRead}, Days: 365}
	for name, wrong := range map[string]func(in *NewAPIToken){
		"no name": func(in *NewAPIToken) { in.Name = " " }, "a long name": func(in *NewAPIToken) { in.Name = strings.Repeat("a", 81) },
		"a name of two lines": func(in *NewAPIToken) { in.Name = "a\nb" }, "no scope": func(in *NewAPIToken) { in.Scopes = nil },
		"an unknown scope":  func(in *NewAPIToken) { in.Scopes = []appraisal.TokenScope{"everything"} },
		"a scope twice":     func(in *NewAPIToken) { in.Scopes = []appraisal.TokenScope{"read", "read"} },
		"no end":            func(in *NewAPIToken) { in.Days = 0 },
		"more than a year":  func(in *NewAPIToken) { in.Days = 366 },
		"an end before now": func(in *NewAPIToken) { in.Days = -1 },
	} {
		in := good
		wrong(&in)
		if _, err := b.CreateAPIToken(t.Context(), b.as("ani"), session, in); appraisal.CodeOf(err) != appraisal.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	for range mostTokens {
		_, err := b.CreateAPIToken(t.Context(), b.as("ani"), session, good)
		must(t, err)
	}
	_, err := b.CreateAPIToken(t.Context(), b.as("ani"), session, good)
	wantCode(t, err, appraisal.CodeConflict)
}

func TestATokenIsListedWithItsLastUseAndRevokedByItsOwnerOnly(t *testing.T) {
	t.Parallel()
	b := setupUnlaunched(t)
	made := b.token(t, "ani", appraisal.ScopeRead)
	b.clock.advance(time.Hour)
	_, err := b.shows(t, made.Token)
	must(t, err)
	list, err := b.APITokens(t.Context(), b.as("ani"))
	must(t, err)
	if len(list) != 1 || list[0].SeenAt == nil || !list[0].SeenAt.Equal(b.clock.Now()) {
		t.Errorf("listed is %+v", list)
	}
	wantCode(t, b.RevokeAPIToken(t.Context(), b.as("budi"), made.ID), appraisal.CodeNotFound)
	wantCode(t, b.RevokeAPIToken(t.Context(), b.as("ani"), "no id"), appraisal.CodeNotFound)
	must(t, b.RevokeAPIToken(t.Context(), b.as("ani"), made.ID))
	_, err = b.shows(t, made.Token)
	wantCode(t, err, appraisal.CodeUnauthorized)
	if n := query[int](t, b, `select count(*) from audit_event where action in ('create_token', 'revoke_token')`); n != 2 {
		t.Errorf("the trail tells of %d of 2", n)
	}
}

func TestATokenOfTheDemonstrationEndsWithIt(t *testing.T) {
	t.Parallel()
	b := setupUnlaunched(t)
	b.exec(t, `update installation set demonstration = true`)
	made := b.token(t, "ani", appraisal.ScopeRead)
	must(t, postgres.RevokeDemonstration(t.Context(), b.pool))
	_, err := b.shows(t, made.Token)
	wantCode(t, err, appraisal.CodeUnauthorized)
}

func TestASessionThatMayHaveBeenLeftOpenMakesNoToken(t *testing.T) {
	t.Parallel()
	b := setupUnlaunched(t)
	in := NewAPIToken{Name: "Program", Scopes: []appraisal.TokenScope{appraisal.ScopeRead}, Days: 365}
	session := b.sitsDown(t, "ani")
	b.clock.advance(15 * time.Minute)
	for name, old := range map[string]string{"of a quarter of an hour": session, "of somebody else": b.sitsDown(t, "budi"), "that is none": ""} {
		_, err := b.CreateAPIToken(t.Context(), b.as("ani"), old, in)
		if appraisal.CodeOf(err) != appraisal.CodeForbidden {
			t.Errorf("a session %s: %v", name, err)
		}
	}
	silent := b.sitsDown(t, "ani")
	b.exec(t, `update session set remembered = true where id = $1`, silent)
	_, err := b.CreateAPIToken(t.Context(), b.as("ani"), silent, in)
	wantKey(t, err, appraisal.CodeForbidden, "sign_in.again")
	shown := b.sitsDown(t, "ani")
	b.exec(t, `update session set demonstration = true where id = $1`, shown) // what is made ends with the demonstration
	_, err = b.CreateAPIToken(t.Context(), b.as("ani"), shown, in)
	must(t, err)
}
