package web_test

import (
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

func TestTextAndControlsStandOutInBothSchemes(t *testing.T) {
	source, err := os.ReadFile("static/telaah.css")
	if err != nil {
		t.Fatal(err)
	}
	light, dark, ok := strings.Cut(string(source), "prefers-color-scheme: dark")
	if !ok {
		t.Fatal("there is no dark scheme")
	}
	dark, _, _ = strings.Cut(dark, "/* Ground */")
	for scheme, css := range map[string]string{"light": light, "dark": dark} {
		colours := map[string]float64{}
		for _, m := range regexp.MustCompile(`--([a-z-]+): #([0-9a-f]{6})`).FindAllStringSubmatch(css, -1) {
			colours[m[1]] = luminance(t, m[2])
		}
		var pairs []string
		for _, ground := range []string{"paper", "surface"} {
			pairs = append(pairs, "ink/"+ground, "soft/"+ground, "accent/"+ground, "bad/"+ground)
		}
		pairs = append(pairs, "on-accent/accent", "on-bad/bad", "accent/accent-wash", "ink/accent-wash", "soft/accent-wash", "ink/good-wash",
			"ink/warn-wash", "warn/warn-wash", "soft/warn-wash", "ink/bad-wash", "accent/bad-wash", "bad/bad-wash", "accent/warn-wash")
		for _, pair := range pairs {
			text, ground, _ := strings.Cut(pair, "/")
			if c := contrast(colours[text], colours[ground]); c < 4.5 {
				t.Errorf("%s: %s has a contrast of %.2f", scheme, pair, c)
			}
		}
		for _, edge := range []string{"edge/paper", "edge/surface", "focus/paper", "focus/surface"} {
			a, b, _ := strings.Cut(edge, "/")
			if c := contrast(colours[a], colours[b]); c < 3 {
				t.Errorf("%s: %s has a contrast of %.2f", scheme, edge, c)
			}
		}
	}
}

// luminance of an sRGB colour (WCAG 2.2, relative luminance).
func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	var sum float64
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		c := float64(n) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}

func contrast(a, b float64) float64 { return (max(a, b) + 0.05) / (min(a, b) + 0.05) }
