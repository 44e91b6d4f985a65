package web_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

func (s *scripted) Delegations(_ context.Context, a appraisal.Actor, after string, _ int) (service.Delegations, error) {
	own, other := service.Person{ID: a.ID, Name: a.Name}, service.Person{ID: "4f1c7a52-0000-4000-8000-000000000007", Name: "Yusuf Harahap", Post: "Kepala Bidang"}
	line := func(id string, from, to service.Person, state appraisal.DelegationState) service.Delegation {
		return service.Delegation{
			ID: appraisal.DelegationID(id), Delegator: from, Delegate: to, From: "2027-01-18", Until: "2027-01-29", State: state, MadeBy: from.Name,
			MadeAt: *moment(-1), MayRevoke: !state.Over(),
		}
	}
	ended := line("d-3", own, other, appraisal.DelegationRevoked)
	ended.RevokedBy, ended.RevokedAt = other.Name, moment(-1)
	next := ""
	if a.Has(appraisal.RoleHR) && after == "" {
		next = "lagi"
	}
	return service.Delegations{
		Given: []service.Delegation{line("d-1", own, other, appraisal.DelegationComing), ended},
		Held:  []service.Delegation{line("d-2", other, own, appraisal.DelegationInForce)},
		Next:  next, May: true, ForHR: a.Has(appraisal.RoleHR), Nearby: []service.Person{other}, Longest: appraisal.LongestDelegation,
	}, s.refuse["delegations"]
}

func (s *scripted) Delegate(_ context.Context, _ appraisal.Actor, call service.Call, in service.NewDelegation) (service.Receipt, error) {
	return s.do("delegate", call, "", in)
}

func (s *scripted) RevokeDelegation(_ context.Context, _ appraisal.Actor, call service.Call, id appraisal.DelegationID) (service.Receipt, error) {
	return s.do("revoke_delegation", call, string(id), nil)
}

func TestThePageOfDelegationsTakesANewOneAndEndsOthers(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.actor.Roles = nil
	d := b.get("/delegasi").page(http.StatusOK)
	main := text(d.Find("main"))
	contains(t, main, "Kepada Yusuf Harahap")
	contains(t, main, "18 Januari 2027 sampai 29 Januari 2027")
	contains(t, main, "Kembalikan tugas")
	if d.Find(`form[action="/delegasi/d-3/akhiri"]`).Length() != 0 || d.Find(`[name="delegator"]`).Length() != 0 {
		t.Error("what is over can be ended, or somebody without the role delegates for others")
	}
	v := values(d.Find(`form[action="/delegasi"]`), "")
	v.Set("colleague", "4f1c7a52-0000-4000-8000-000000000007")
	v.Set("from", "2027-02-01")
	v.Set("until", "2027-02-05")
	if to := b.post("/delegasi", v).redirect(); to != "/delegasi" {
		t.Errorf("it leads to %s", to)
	}
	if to := b.post("/delegasi/d-2/akhiri", values(d.Find(`form[action="/delegasi/d-2/akhiri"]`), "")).redirect(); to != "/delegasi" {
		t.Errorf("it leads to %s", to)
	}
	acts := b.service.done()
	if len(acts) != 2 || acts[0].In != (service.NewDelegation{Delegate: "4f1c7a52-0000-4000-8000-000000000007", From: "2027-02-01", Until: "2027-02-05"}) ||
		acts[0].Call.Key == "" || acts[1].Subject != "d-2" {
		t.Errorf("the acts are %+v", acts)
	}
}

func TestHRTurnsThePagesOfOthersDelegations(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.actor.Roles = []appraisal.Role{appraisal.RoleHR}
	next := b.get("/delegasi").page(http.StatusOK).Find(".pager a").AttrOr("href", "")
	if next != "?sesudah=lagi" {
		t.Fatalf("the next page is %q", next)
	}
	if b.get("/delegasi"+next).page(http.StatusOK).Find(".pager a").Length() != 0 {
		t.Error("the last page leads on")
	}
}

func TestADelegationThatIsRefusedKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.actor.Roles = []appraisal.Role{appraisal.RoleHR}
	var f appraisal.Faults
	f.Add("until", "delegation.error.long", map[string]any{"days": 90})
	b.service.refuse = map[string]error{"delegate": f.Err()}
	v := values(b.get("/delegasi").page(http.StatusOK).Find(`form[action="/delegasi"]`), "")
	v.Set("delegator", "198001012005011001")
	v.Set("delegate", "yusuf@marelan.go.id")
	v.Set("until", "2028-01-01")
	d := b.post("/delegasi", v).page(http.StatusUnprocessableEntity)
	contains(t, text(d.Find(".field.wrong")), "Delegasi berlaku paling lama 90 hari")
	for name, want := range map[string]string{"delegator": "198001012005011001", "delegate": "yusuf@marelan.go.id", "until": "2028-01-01"} {
		if got := d.Find(`[name="`+name+`"]`).AttrOr("value", ""); got != want {
			t.Errorf("%s is now %q", name, got)
		}
	}
}

func TestWhatIsDoneForSomebodyElseIsMarkedWithTheirNameAndTheLastDay(t *testing.T) {
	t.Parallel()
	b := setup(t)
	held := &service.StandIn{Name: "Yusuf Harahap", Until: "2027-01-29"}
	b.service.home.Tasks[0].InPlaceOf, b.service.home.StandsFor = held, []service.StandIn{*held}
	b.service.home.StandIn = &service.StandIn{Name: "Sari Wulandari", Until: "2027-02-05"}
	main := text(b.get("/").page(http.StatusOK).Find("main"))
	contains(t, main, "Atas nama Yusuf Harahap, sampai 29 Januari 2027")
	contains(t, main, "Anda menjalankan tugas Yusuf Harahap sampai 29 Januari 2027")
	contains(t, main, "Tugas Anda dijalankan oleh Sari Wulandari sampai 5 Februari 2027")

	a := &b.service.appraisal
	a.InPlaceOf = held
	a.Timeline = append(a.Timeline, service.TimelineEntry{At: *moment(0), Action: "decide_plan", Actor: "Sari Wulandari", ActorFor: "Yusuf Harahap", Outcome: appraisal.OutcomeApproved})
	main = text(b.get("/penilaian/a-1").page(http.StatusOK).Find("main"))
	contains(t, main, "Sari Wulandari, atas nama Yusuf Harahap")
	contains(t, main, "Anda membaca penilaian ini atas nama Yusuf Harahap, sampai 29 Januari 2027")
}
