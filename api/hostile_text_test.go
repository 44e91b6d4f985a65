package api_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// payloads are what somebody types who wants more than to be read.
var payloads = []string{
	"' or 1=1; drop table person; --", "<script>alert(1)</script>", "{{.Frame}}{{call .}}", "a\r\nBcc: x@y.test\r\n\r\nb", "%s%n%d", "=cmd|'/C calc'!A0", "../../etc/passwd",
	"a\u202eb\u2066c", "\u200b\u200b", "a\x00b", "\x1b[2J", strings.Repeat("\u0300", 50), "1e999999999", "-0", "9999-99-99", "２０２６-01-01", strings.Repeat("é", 20_000), "",
}

// filled returns a value of a schema in which every text is the payload.
func filled(schema *openapi3.Schema, payload string, deeper int) any {
	if schema == nil || deeper == 0 {
		return nil
	}
	if len(schema.AllOf) > 0 {
		whole := object{}
		for _, part := range schema.AllOf {
			if some, ok := filled(part.Value, payload, deeper).(object); ok {
				for name, value := range some {
					whole[name] = value
				}
			}
		}
		return whole
	}
	for _, some := range []openapi3.SchemaRefs{schema.OneOf, schema.AnyOf} {
		if len(some) > 0 {
			return filled(some[0].Value, payload, deeper)
		}
	}
	switch {
	case schema.Type.Includes("object"):
		whole := object{}
		for name, part := range schema.Properties {
			whole[name] = filled(part.Value, payload, deeper-1)
		}
		return whole
	case schema.Type.Includes("array"):
		return []any{filled(schema.Items.Value, payload, deeper-1)}
	case schema.Type.Includes("boolean"):
		return true
	case schema.Type.Includes("integer"), schema.Type.Includes("number"):
		return 3
	default:
		return payload
	}
}

func TestNoTextInAnyFieldOfAnyBodyMakesTheServerFail(t *testing.T) {
	t.Parallel()
	b := besiege(t)
	ids := b.someIDs()
	people := b.value(`select count(*)::text from person`)
	sent := 0
	for path, item := range b.doc.Paths.Map() {
		for method, operation := range item.Operations() {
			if operation.RequestBody == nil || operation.RequestBody.Value.Content.Get("application/json") == nil || strings.Contains(path, "session") {
				continue
			}
			schema := operation.RequestBody.Value.Content.Get("application/json").Schema.Value
			at := b.fill("/api/v1"+strings.NewReplacer("{", ":", "}", "").Replace(path), ids)
			for _, payload := range payloads {
				body, err := json.Marshal(filled(schema, payload, 8))
				b.must(err)
				for _, who := range attackers[1:] {
					b.throw(who, method, at, "application/json", body)
					sent++
				}
			}
		}
	}
	if sent < 1000 {
		t.Errorf("only %d bodies were sent", sent)
	}
	if strings.Contains(b.log.String(), `"level":"ERROR"`) {
		t.Error("the log tells of faults of ours")
	}
	if n := b.value(`select count(*)::text from person`); n != people {
		t.Errorf("%s people are left of %s", n, people)
	}
}
