package service

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// IdentityProvider lets people sign in with an account that they have elsewhere.
type IdentityProvider interface {
	// Name is how people call it.
	Name() string
	// Address returns where a browser goes to be asked who it is.
	Address(ctx context.Context, q appraisal.IdentityQuestion) (string, error)
	// Identify checks the answer with which it sends a browser back.
	Identify(ctx context.Context, q appraisal.IdentityQuestion, a appraisal.IdentityAnswer) (appraisal.Identity, error)
}

// flowLife is how long somebody may take at the provider.
const flowLife = 10 * time.Minute

// Departure leads a browser to the provider.
type Departure struct {
	Address string
	Browser string // the browser keeps it, so that nobody else can come back in its place
}

// ProviderName is how people call the provider with which they can sign in; empty where there is none.
func (s *Service) ProviderName() string {
	if s.provider == nil {
		return ""
	}
	return s.provider.Name()
}

// BeginFederated starts a sign-in at the provider, which has to be back within ten minutes. browser is what this browser got
// the time before, or nothing; next is the page that the person wanted, a path of ours. An actor who is signed in is asked anew, for
// that is why they go: what the provider remembers of them says nothing about who sits there now.
func (s *Service) BeginFederated(ctx context.Context, actor appraisal.Actor, browser, network, next string) (Departure, error) {
	if s.provider == nil {
		return Departure{}, appraisal.Fault(appraisal.CodeNotFound, "error.not_found", nil)
	}
	q := appraisal.IdentityQuestion{State: string(newSecret()), Nonce: string(newSecret()), Verifier: string(newSecret())}
	if actor.ID != "" {
		now := s.clock()
		q.AnewSince = &now
	}
	d := Departure{Browser: browser}
	if len(browser) != len(q.State) { // two tabs of a browser may be on their way at once
		d.Browser = string(newSecret())
	}
	var err error
	if d.Address, err = s.provider.Address(ctx, q); err != nil {
		return Departure{}, fmt.Errorf("begin a federated sign-in: %w", err)
	}
	err = s.in(ctx, func(t *tx) error {
		if err := limitNetwork(ctx, t, "federated", network); err != nil {
			return err
		}
		flow := postgres.FederatedFlow{Nonce: q.Nonce, Verifier: q.Verifier, Next: localPath(next), AnewSince: q.AnewSince}
		return postgres.InsertFederatedFlow(ctx, t, secret(q.State).digest(), secret(d.Browser).digest(), flow, t.now, t.now.Add(flowLife))
	})
	if err != nil {
		return Departure{}, fmt.Errorf("begin a federated sign-in: %w", err)
	}
	return d, nil
}

// limitNetwork refuses more beginnings of a kind than a whole office makes.
func limitNetwork(ctx context.Context, t *tx, kind, network string) error {
	asked, err := postgres.CountRequest(ctx, t, rateScope(kind, network), t.now, rateWindow)
	if err == nil && asked > linksPerNetwork {
		err = appraisal.Fault(appraisal.CodeTooMany, "sign_in.too_many", map[string]any{"minutes": int(rateWindow.Minutes())})
	}
	return err
}

// FinishFederated signs in whoever the provider vouches for. The flow is used up by any answer that belongs to it; Next is
// filled as soon as it is known, also beside an error.
//
// The provider's own id of an account decides once somebody has signed in with it. Until then the NIP or the address does, if
// its person has not left and has no other account there. Whatever contradicts this is refused and audited.
func (s *Service) FinishFederated(ctx context.Context, browser string, a appraisal.IdentityAnswer, from Origin) (SignedIn, error) {
	var answer SignedIn
	if s.provider == nil {
		return answer, appraisal.Fault(appraisal.CodeNotFound, "error.not_found", nil)
	}
	var flow *postgres.FederatedFlow
	err := s.in(ctx, func(t *tx) (err error) { // committed before the provider is asked: no answer is tried twice
		flow, err = postgres.TakeFederatedFlow(ctx, t, secret(a.State).digest(), secret(browser).digest(), t.now)
		return err
	})
	if err == nil && flow == nil {
		err = appraisal.Fault(appraisal.CodeUnauthorized, "federated.void", nil)
	}
	if err != nil {
		return answer, fmt.Errorf("finish a federated sign-in: %w", err)
	}
	answer.Next = flow.Next
	identity, err := s.identified(ctx, *flow, a)
	if err == nil {
		from.Anew = flow.AnewSince != nil
		answer, err = s.enterIdentified(ctx, identity, from, flow.Next)
	}
	if err != nil {
		err = fmt.Errorf("finish a federated sign-in: %w", err)
		if cause := (*appraisal.Error)(nil); errors.As(err, &cause) && cause.Err != nil {
			s.log.WarnContext(ctx, "the provider's answer was refused", "error", err)
		}
		return SignedIn{Next: flow.Next}, err
	}
	return answer, nil
}

func (s *Service) identified(ctx context.Context, flow postgres.FederatedFlow, a appraisal.IdentityAnswer) (appraisal.Identity, error) {
	if a.Error != "" {
		return appraisal.Identity{}, s.declined(a)
	}
	if a.Code == "" {
		return appraisal.Identity{}, appraisal.Fault(appraisal.CodeUnauthorized, "federated.void", nil)
	}
	return s.provider.Identify(ctx, appraisal.IdentityQuestion{State: a.State, Nonce: flow.Nonce, Verifier: flow.Verifier, AnewSince: flow.AnewSince}, a)
}

// declined tells what the provider said in place of who it is.
func (s *Service) declined(a appraisal.IdentityAnswer) error {
	args := map[string]any{"name": s.provider.Name()}
	cause := fmt.Errorf("%.100q: %.300q", a.Error, a.Description)
	switch {
	case a.Error == "access_denied":
		return appraisal.Fault(appraisal.CodeUnauthorized, "federated.denied", args)
	case strings.HasSuffix(a.Error, "_required"): // login, interaction, consent, account selection
		return appraisal.Fault(appraisal.CodeUnauthorized, "federated.unfinished", args)
	case a.Error == "server_error" || a.Error == "temporarily_unavailable":
		return &appraisal.Error{Code: appraisal.CodeUnavailable, Key: "federated.unreachable", Args: args, Err: cause}
	default: // our settings and the provider's do not fit each other
		return &appraisal.Error{Code: appraisal.CodeUnavailable, Key: "federated.misconfigured", Args: args, Err: cause}
	}
}

// enterIdentified starts the session of whom the identity belongs to. A refusal is audited with the person it would have been.
func (s *Service) enterIdentified(ctx context.Context, i appraisal.Identity, from Origin, next string) (SignedIn, error) {
	var answer SignedIn
	var refused error
	err := s.in(ctx, func(t *tx) error {
		o, err := identityOwner(ctx, t, i)
		if err != nil {
			return err
		}
		if o.refused != "" {
			refused = appraisal.Fault(appraisal.CodeForbidden, "federated."+string(o.refused), map[string]any{"name": s.provider.Name()})
			return auditRefusal(ctx, t, o, from)
		}
		answer, err = s.beginSession(ctx, t, o.person, MeansOpenID, from)
		answer.Next = next
		return err
	})
	if err == nil {
		err = refused
	}
	return answer, err
}

// identityRefusal is why an identity lets nobody in.
type identityRefusal string

const (
	refusedNobody   identityRefusal = "nobody"
	refusedDeparted identityRefusal = "departed"
	refusedConflict identityRefusal = "conflict"
)

// owner is whose an identity is, or would be if it were not refused.
type owner struct {
	person  appraisal.PersonID
	refused identityRefusal
	account *appraisal.PersonID // whose account it has been, where that is somebody else
}

func identityOwner(ctx context.Context, t *tx, i appraisal.Identity) (owner, error) {
	claimed, err := postgres.ClaimedPerson(ctx, t, i)
	if err != nil {
		return owner{}, err
	}
	linked, err := postgres.LinkedPerson(ctx, t, i)
	switch {
	case err != nil:
		return owner{}, err
	case linked != nil && claimed != nil && claimed.Active && claimed.ID != linked.ID:
		return owner{claimed.ID, refusedConflict, &linked.ID}, nil
	case linked != nil && !linked.Active:
		return owner{linked.ID, refusedDeparted, nil}, nil
	case linked == nil && claimed == nil:
		return owner{refused: refusedNobody}, nil
	case linked == nil && !claimed.Active:
		return owner{claimed.ID, refusedDeparted, nil}, nil
	}
	if linked == nil {
		linked = claimed
	} // else the account decides: its address may have changed meanwhile
	found := owner{person: linked.ID}
	if ok, err := postgres.LinkIdentity(ctx, t, i, found.person, t.now); err != nil || ok {
		return found, err
	}
	found.refused = refusedConflict
	return found, nil
}

func auditRefusal(ctx context.Context, t *tx, o owner, from Origin) error {
	if o.person == "" {
		return nil
	}
	detail := map[string]any{"means": MeansOpenID, "cause": o.refused}
	if o.account != nil {
		detail["account_of"] = *o.account
	}
	return auditPerson(ctx, t, appraisal.Actor{Network: from.Network}, "refuse_sign_in", o.person, detail)
}

// UnlinkAccounts forgets with which accounts at a provider somebody has signed in, so that the next one is
// remembered anew. who is an address or a NIP. It returns how many there were; none is CodeNotFound.
func (s *Service) UnlinkAccounts(ctx context.Context, actor appraisal.Actor, who string) (int, error) {
	if err := appraisal.Can(actor, appraisal.ActionManageAccess, appraisal.Subject{}); err != nil {
		return 0, err
	}
	count := 0
	err := s.in(ctx, func(t *tx) error {
		owners, err := postgres.UnlinkIdentities(ctx, t, strings.TrimSpace(who))
		if err != nil {
			return err
		}
		for _, person := range owners {
			if err := auditPerson(ctx, t, actor, "unlink_account", person, map[string]any{}); err != nil {
				return err
			}
		}
		if count = len(owners); count == 0 {
			return appraisal.Fault(appraisal.CodeNotFound, "federated.not_linked", map[string]any{"who": who})
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("unlink accounts: %w", err)
	}
	return count, nil
}
