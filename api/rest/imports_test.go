package rest

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/api/route"
	"github.com/marelan/telaah/internal/roster"
	"github.com/marelan/telaah/internal/service"
)

// sendFiles posts a form of field, file name and content, three by three, and returns the files that were read.
func sendFiles(t *testing.T, kind service.ImportKind, parts ...string) ([]roster.File, *httptest.ResponseRecorder) {
	t.Helper()
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	for i := 0; i < len(parts); i += 3 {
		part, err := w.CreateFormFile(parts[i], parts[i+1])
		if parts[i+1] == "" {
			part, err = w.CreateFormField(parts[i])
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write([]byte(parts[i+2])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return readForm(t, kind, w.FormDataContentType(), &form)
}

func readForm(t *testing.T, kind service.ImportKind, contentType string, form io.Reader) ([]roster.File, *httptest.ResponseRecorder) {
	t.Helper()
	gin.SetMode(gin.ReleaseMode)
	var files []roster.File
	g := gin.New()
	g.POST("/", func(c *gin.Context) {
		c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, route.DefaultMaxBody)
		var err error
		if files, err = readFiles(c, kind); err != nil {
			Fault(c, err)
		}
	})
	r := httptest.NewRequestWithContext(t.Context(), "POST", "/", form)
	r.Header.Set("Content-Type", contentType)
	w := httptest.NewRecorder()
	g.ServeHTTP(w, r)
	return files, w
}

func TestThePartsOfARosterAreTakenInTheirOwnOrder(t *testing.T) {
	files, w := sendFiles(t, service.ImportRoster, "officials", "pejabat.csv", "C", "units", "unor.csv", "A")
	if w.Code != 200 || len(files) != 3 {
		t.Fatalf("%d: %v", w.Code, files)
	}
	if files[0].Name != "unor.csv" || string(files[0].Data) != "A" || files[1].Name != "" || files[2].Name != "pejabat.csv" {
		t.Errorf("the files are %v", files)
	}
}

func TestFilesOfOtherKindsAreTakenAsTheyCome(t *testing.T) {
	files, w := sendFiles(t, service.ImportCompetencies, "files", "kamus.csv", "A", "files", "standar.xlsx", "B")
	if w.Code != 200 || len(files) != 2 || files[1].Name != "standar.xlsx" || string(files[1].Data) != "B" {
		t.Errorf("%d: %v", w.Code, files)
	}
}

func TestWhatIsNotAFileOfTheKindIsRefused(t *testing.T) {
	for name, tt := range map[string]struct {
		kind  service.ImportKind
		parts []string
		field string
	}{
		"a field of another kind": {service.ImportTrainings, []string{"units", "unor.csv", "A"}, "units"},
		"an unknown roster part":  {service.ImportRoster, []string{"files", "unor.csv", "A"}, "files"},
		"a part twice":            {service.ImportRoster, []string{"units", "a.csv", "A", "units", "b.csv", "B"}, "units"},
		"words instead of a file": {service.ImportTrainings, []string{"files", "", "A"}, "files"},
		"more than 24 files":      {service.ImportTrainings, repeat(25, "files", "a.csv", "A"), "files"},
	} {
		_, w := sendFiles(t, tt.kind, tt.parts...)
		if p := problemIn(t, w); w.Code != 422 || len(p.Errors) != 1 || p.Errors[0].Field != tt.field {
			t.Errorf("%s: %d %+v", name, w.Code, p)
		}
	}
}

func repeat(n int, s ...string) []string {
	var all []string
	for range n {
		all = append(all, s...)
	}
	return all
}

func TestAFormThatIsTooLargeCutOffOrNoFormIsRefused(t *testing.T) {
	if _, w := sendFiles(t, service.ImportSurvey, "files", "skm.csv", strings.Repeat("x", 1<<20)); w.Code != 413 {
		t.Errorf("too large: %d", w.Code)
	}
	if _, w := readForm(t, service.ImportSurvey, "text/csv", strings.NewReader("a;b")); w.Code != 415 {
		t.Errorf("no form: %d", w.Code)
	}
	half := "--x\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a.csv\"\r\n\r\nhalf"
	for _, sent := range []string{half, half + "\r\n--x\r\n"} { // the line breaks within a file, or between two
		broken := io.MultiReader(strings.NewReader(sent), iotest.ErrReader(io.ErrUnexpectedEOF))
		if _, w := readForm(t, service.ImportSurvey, "multipart/form-data; boundary=x", broken); w.Code != 422 {
			t.Errorf("cut off: %d", w.Code)
		}
	}
}

func TestFaultsOfFilesAreToldWithTheirPlaces(t *testing.T) {
	w := serve(t, func(c *gin.Context) {
		Fault(c, refusedImport([]roster.Fault{
			{File: "pegawai.csv", Row: 7, Column: "nip", Key: "import.blank"},
			{File: "pegawai.csv", Row: 9, Column: "email", Key: "import.email", Args: map[string]any{"value": "x"}},
		}))
	}, "GET", "", "")
	p := problemIn(t, w)
	if w.Code != 422 || len(p.Errors) != 2 || p.Errors[0].Field != "pegawai.csv:7:nip" || !strings.Contains(p.Errors[1].Message, "“x”") {
		t.Errorf("%d %+v", w.Code, p)
	}
	if !strings.Contains(p.Detail, "2 kesalahan") {
		t.Errorf("the detail is %q", p.Detail)
	}
}
