package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
)

// hook is what must never be anything but text, whatever quotes it stands in.
const hook = `"'><script>hook()</script><img src=x onerror=hook()>`

// poison puts the hook into every text that somebody, or a file, may have written. What the record itself refuses stays as it is.
const poison = `do $$
	declare c record;
	begin
		for c in select table_name, column_name from information_schema.columns where table_schema = current_schema and data_type = 'text'
			and column_name in ('full_name', 'name', 'title', 'statement', 'description', 'text', 'agreed', 'comment', 'reason', 'reasons', 'answer', 'achievements',
				'obstacles', 'note', 'evidence', 'justification', 'measure', 'position_name', 'post', 'summary', 'label', 'value', 'target', 'recorded', 'wanted',
				'file_name', 'source_file', 'link', 'browser', 'system', 'network', 'error', 'end_reason')
		loop
			begin
				execute format('update %1$I set %2$I = %2$I || %3$L where %2$I <> %4$L', c.table_name, c.column_name, $x$` + hook + `$x$, '');
			exception when others then null;
			end;
		end loop;
	end $$`

func TestMarkupThatGotIntoTheRecordIsTextOnEveryPage(t *testing.T) {
	t.Parallel()
	c := openCourt(t)
	c.exec(poison)
	shown := map[string]bool{}
	for _, stage := range []appraisal.Stage{appraisal.StageTargets, appraisal.StageAppraiserReview, appraisal.StageDevelopment} {
		c.stand(stage)
		for _, r := range c.routes {
			if r.Method != http.MethodGet || r.Asset || strings.HasPrefix(r.Path, "/api/") {
				continue
			}
			abouts := []string{""}
			if strings.Contains(r.Path, ":step") {
				abouts = abouts[:0]
				for kind := range c.steps {
					abouts = append(abouts, kind)
				}
			}
			for _, about := range abouts {
				one := tabled{method: r.Method, path: r.Path, about: about}
				path := c.fill(one, "")
				for _, who := range everybody {
					w := c.send(who, one, path)
					if !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
						continue
					}
					if w.Code >= http.StatusInternalServerError {
						t.Errorf("%s as %s at %s: %d", path, who, stage, w.Code)
					}
					body := w.Body.String()
					if i := max(strings.Index(body, "<script>hook"), strings.Index(body, "<img src=x")); i >= 0 {
						t.Fatalf("%s as %s at %s: %s", path, who, stage, body[max(0, i-200):min(len(body), i+100)])
					}
					if strings.Contains(body, "hook()") {
						shown[r.Path] = true
					}
				}
			}
		}
	}
	if len(shown) < 25 {
		t.Errorf("the markup is shown on %d pages only: %v", len(shown), shown)
	}
}
