package web

import (
	"crypto/sha256"
	"encoding/hex"
	"mime"
	"net/http"
	"path"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/internal/appraisal"
)

// assets are the stylesheet, the script and the icon. Their address carries a digest of what they contain, so a browser
// may keep them for ever.
type assets struct {
	files map[string]assetFile
}

type assetFile struct {
	body   []byte
	digest string
}

func loadAssets() (*assets, error) {
	entries, err := files.ReadDir("static")
	if err != nil {
		return nil, err
	}
	a := &assets{files: map[string]assetFile{}}
	for _, e := range entries {
		body, err := files.ReadFile("static/" + e.Name())
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(body)
		a.files[e.Name()] = assetFile{body: body, digest: hex.EncodeToString(sum[:6])}
	}
	return a, nil
}

// path returns the address of a file for templates.
func (a *assets) path(name string) string { return "/static/" + name + "?v=" + a.files[name].digest }

func (p *Pages) asset(c *gin.Context) {
	f, ok := p.assets.files[c.Param("file")]
	if !ok {
		p.Fault(c, appraisal.Fault(appraisal.CodeNotFound, "error.not_found", nil))
		return
	}
	cache := "no-cache"
	if c.Query("v") == f.digest {
		cache = "public, max-age=31536000, immutable"
	}
	c.Header("Cache-Control", cache)
	c.Header("ETag", `"`+f.digest+`"`)
	c.Header("X-Content-Type-Options", "nosniff")
	if c.GetHeader("If-None-Match") == `"`+f.digest+`"` {
		c.Status(http.StatusNotModified)
		return
	}
	c.Data(http.StatusOK, mime.TypeByExtension(path.Ext(c.Param("file"))), f.body)
}
