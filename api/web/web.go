// Package web serves the pages: plain HTML that works without a script. A handler parses a form, calls the service once,
// and renders a page or redirects.
package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/marelan/telaah/api/attachment"
	"github.com/marelan/telaah/api/route"
	"github.com/marelan/telaah/internal/appraisal"
)

// Options are the parts that the pages are made of.
type Options struct {
	Service    Service
	Zone       *time.Location // of the office: every date is shown in it
	Now        func() time.Time
	TemporalUI string // base URL of Temporal's pages; empty shows no links to executions
	Namespace  string // in which the executions run

	Organisation   string // that controls the data; empty: said without its name
	PrivacyContact string // for questions about personal data; empty: the organisation's HR
}

// Pages are the handlers of all pages. They are safe for concurrent use.
type Pages struct {
	service    Service
	zone       *time.Location
	now        func() time.Time
	temporalUI string
	namespace  string
	renderer   *renderer
	assets     *assets

	organisation   string
	privacyContact string
}

// New reads the templates and returns the pages; it fails when a template does not parse.
func New(o Options) (*Pages, error) {
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	a, err := loadAssets()
	if err != nil {
		return nil, fmt.Errorf("load static files: %w", err)
	}
	r, err := newRenderer(o.Zone, a)
	if err != nil {
		return nil, fmt.Errorf("load templates: %w", err)
	}
	return &Pages{
		service: o.Service, zone: o.Zone, now: o.Now, temporalUI: strings.TrimRight(o.TemporalUI, "/"), namespace: o.Namespace,
		renderer: r, assets: a, organisation: o.Organisation, privacyContact: o.PrivacyContact,
	}, nil
}

// Routes lists every page with the permission that it needs.
func (p *Pages) Routes() []route.Route {
	const get, post, put = http.MethodGet, http.MethodPost, http.MethodPut
	const task = "/tugas/:step" // also how the log knows what may carry an anonymous answer
	files := attachment.BodyLimit(p.service.EvidenceLimits().File)
	return append(slices.Concat(p.periodRoutes(), p.historyRoutes(), p.federatedRoutes(), p.accountRoutes(), p.passkeyRoutes(), p.delegationRoutes(), p.rightsRoutes()), []route.Route{
		{Method: get, Path: "/", Action: appraisal.ActionSignedIn, Handler: p.home},
		{Method: get, Path: "/tentang", Action: appraisal.ActionPublic, Handler: p.about},
		{Method: get, Path: "/verifikasi", Action: appraisal.ActionPublic, Handler: p.verifyForm},
		{Method: get, Path: "/verifikasi/:code", Action: appraisal.ActionPublic, Handler: p.verify},
		{Method: get, Path: "/static/:file", Action: appraisal.ActionPublic, Handler: p.asset, Asset: true},

		{Method: get, Path: "/masuk", Action: appraisal.ActionPublic, Handler: p.signIn},
		{Method: post, Path: "/masuk", Action: appraisal.ActionPublic, Handler: p.requestLink},
		{Method: get, Path: "/masuk/kode", Action: appraisal.ActionPublic, Handler: p.codeForm},
		{Method: post, Path: "/masuk/kode", Action: appraisal.ActionPublic, Handler: p.redeemCode},
		{Method: get, Path: "/masuk/:token", Action: appraisal.ActionPublic, Handler: p.confirmSignIn},
		{Method: post, Path: "/masuk/:token", Action: appraisal.ActionPublic, Handler: p.redeem},
		{Method: post, Path: "/keluar", Action: appraisal.ActionPublic, Handler: p.signOut},
		{Method: post, Path: "/bahasa", Action: appraisal.ActionPublic, Handler: p.setLanguage},

		{Method: get, Path: task, Action: appraisal.ActionDoStep, Handler: p.task},
		{Method: post, Path: task, Action: appraisal.ActionDoStep, Handler: p.postTask, MaxBody: files, KnownAs: task},
		{Method: put, Path: task + "/draf", Action: appraisal.ActionDoStep, Handler: p.saveDraft, KnownAs: task},

		{Method: get, Path: "/penilaian/:id", Action: appraisal.ActionReadAppraisal, Handler: p.appraisal},
		{Method: post, Path: "/penilaian/:id/kemajuan", Action: appraisal.ActionDoStep, Handler: p.addProgress, MaxBody: files},
		{Method: post, Path: "/penilaian/:id/umpan-balik", Action: appraisal.ActionGiveFeedback, Handler: p.giveFeedback, MaxBody: files},
		{Method: post, Path: "/penilaian/:id/umpan-balik/:feedback/tarik", Action: appraisal.ActionGiveFeedback, Handler: p.withdrawFeedback},
		{Method: get, Path: "/penilaian/:id/berkas/:evidence", Action: appraisal.ActionReadEvidence, Handler: p.file},
		{Method: get, Path: "/penilaian/:id/dokumen/:kind", Action: appraisal.ActionReadAppraisal, Handler: p.document},
		{Method: get, Path: "/penilaian/:id/tarik", Action: appraisal.ActionWithdraw, Handler: p.confirmWithdraw},
		{Method: post, Path: "/penilaian/:id/tarik", Action: appraisal.ActionWithdraw, Handler: p.withdraw},

		{Method: get, Path: "/penilaian/:id/suara", Action: appraisal.ActionAnswerPulse, Handler: p.pulse},
		{Method: post, Path: "/penilaian/:id/suara", Action: appraisal.ActionAnswerPulse, Handler: p.answerPulse, KnownAs: task},
		{Method: get, Path: "/siklus/:id/suara", Action: appraisal.ActionReadPulse, Handler: p.pulseResults},
		{Method: post, Path: "/siklus/:id/suara", Action: appraisal.ActionManageCycle, Handler: p.setPulseWindow},
		{Method: get, Path: "/penilaian/:id/skp", Action: appraisal.ActionReadAppraisal, Handler: p.planHistory},
		{Method: get, Path: "/penilaian/:id/skp/usulan", Action: appraisal.ActionChangePlan, Handler: p.planChange},
		{Method: post, Path: "/penilaian/:id/skp/usulan", Action: appraisal.ActionChangePlan, Handler: p.postPlanChange},
		{Method: put, Path: "/penilaian/:id/skp/usulan/draf", Action: appraisal.ActionChangePlan, Handler: p.savePlanChangeDraft},
		{Method: post, Path: "/penilaian/:id/skp/usulan/:change", Action: appraisal.ActionChangePlan, Handler: p.answerPlanChange},

		{Method: get, Path: "/siklus/:id/keselarasan", Action: appraisal.ActionReadAlignment, Handler: p.alignment},
		{Method: get, Path: "/siklus/:id/keselarasan/hasil-kerja", Action: appraisal.ActionReadAlignment, Handler: p.carrying},
		{Method: get, Path: "/siklus", Action: appraisal.ActionReadCycle, Handler: p.cycles},
		{Method: get, Path: "/siklus/baru", Action: appraisal.ActionPrepareCycle, Handler: p.newCycle},
		{Method: post, Path: "/siklus/baru", Action: appraisal.ActionManageCycle, Handler: p.createCycle},
		{Method: get, Path: "/siklus/:id", Action: appraisal.ActionReadCycle, Handler: p.cycle},
		{Method: get, Path: "/siklus/:id/pratinjau", Action: appraisal.ActionManageCycle, Handler: p.preview},
		{Method: get, Path: "/siklus/:id/penilaian", Action: appraisal.ActionReadCycle, Handler: p.cycleAppraisals},
		{Method: get, Path: "/siklus/:id/arsip", Action: appraisal.ActionReadResults, Handler: p.archive},
		{Method: get, Path: "/siklus/:id/hasil/:format", Action: appraisal.ActionReadResults, Handler: p.results},
		{Method: get, Path: "/siklus/:id/kalibrasi", Action: appraisal.ActionCalibrate, Handler: p.cohorts},
		{Method: get, Path: "/siklus/:id/sebaran", Action: appraisal.ActionReadSpread, Handler: p.spread},
		{Method: get, Path: "/siklus/:id/peringkat-unit", Action: appraisal.ActionRateUnit, Handler: p.unitRatings},
		{Method: post, Path: "/siklus/:id/peringkat-unit", Action: appraisal.ActionRateUnit, Handler: p.rateUnit},
		{Method: get, Path: "/siklus/:id/perintah/:command", Action: appraisal.ActionManageCycle, Handler: p.confirmCommand},
		{Method: post, Path: "/siklus/:id/perintah/:command", Action: appraisal.ActionManageCycle, Handler: p.runCommand},

		{Method: get, Path: "/kalibrasi/:cohort", Action: appraisal.ActionCalibrate, Handler: p.cohort},
		{Method: post, Path: "/kalibrasi/:cohort", Action: appraisal.ActionCalibrate, Handler: p.changeRating},
		{Method: post, Path: "/kalibrasi/:cohort/hadir", Action: appraisal.ActionCalibrate, Handler: p.joinSession},
		{Method: post, Path: "/kalibrasi/:cohort/setuju", Action: appraisal.ActionCalibrate, Handler: p.confirmSession},
		{Method: post, Path: "/kalibrasi/:cohort/orang", Action: appraisal.ActionCalibrate, Handler: p.discuss},
		{Method: get, Path: "/kalibrasi/:cohort/orang/:id", Action: appraisal.ActionCalibrate, Handler: p.sessionMember},
		{Method: post, Path: "/kalibrasi/:cohort/orang/:id", Action: appraisal.ActionCalibrate, Handler: p.giveOpinion},
		{Method: get, Path: "/kalibrasi/:cohort/kunci", Action: appraisal.ActionCalibrate, Handler: p.confirmLock},
		{Method: post, Path: "/kalibrasi/:cohort/kunci", Action: appraisal.ActionCalibrate, Handler: p.lock},

		{Method: get, Path: "/layanan", Action: appraisal.ActionReadOrganisation, Handler: p.unitService},

		{Method: get, Path: "/impor", Action: appraisal.ActionImport, Handler: p.imports},
		{Method: post, Path: "/impor/:kind", Action: appraisal.ActionImport, Handler: p.postImport, MaxBody: route.ImportMaxBody},

		{Method: get, Path: "/jejak", Action: appraisal.ActionOwnAccount, Handler: p.trail},
		{Method: get, Path: "/audit", Action: appraisal.ActionReadTrail, Handler: p.audit},

		{Method: get, Path: "/operasi/mandek", Action: appraisal.ActionReadStalled, Handler: p.stalled},
		{Method: get, Path: "/operasi/surat", Action: appraisal.ActionOperate, Handler: p.mails},
		{Method: post, Path: "/operasi/surat/:id/kirim-ulang", Action: appraisal.ActionOperate, Handler: p.resendMail},
	}...)
}

// localPath returns next if it leads to a page of ours, and "/" otherwise: a link must not carry people elsewhere.
func localPath(next string) string {
	if !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n\t") {
		return "/"
	}
	u, err := url.Parse(next)
	if err != nil || u.Host != "" || u.Scheme != "" || u.User != nil {
		return "/"
	}
	return next
}

// executionURL leads to an execution in Temporal's pages, or is empty when their address is not known.
func (p *Pages) executionURL(workflowID string) string {
	if p.temporalUI == "" || workflowID == "" {
		return ""
	}
	return p.temporalUI + "/namespaces/" + url.PathEscape(p.namespace) + "/workflows/" + url.PathEscape(workflowID)
}
