package session

import (
	"testing"

	"github.com/marelan/telaah/internal/service"
)

func TestABrowserIsToldByItsNameAndItsSystem(t *testing.T) {
	for userAgent, want := range map[string]service.Device{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0":                                                 {Browser: "Firefox", System: "Windows"},
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0":    {Browser: "Edge", System: "Windows"},
		"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36":                  {Browser: "Chrome", System: "Android"},
		"Mozilla/5.0 (Linux; Android 13; SAMSUNG SM-A135F) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/25.0 Chrome/121.0 Safari": {Browser: "Samsung Internet", System: "Android"},
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile Safari/604.1": {Browser: "Safari", System: "iOS"},
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15":            {Browser: "Safari", System: "macOS"},
		"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/140.0.0.0 Safari/537.36":                    {Browser: "Chrome", System: "Linux"},
		"Mozilla/5.0 <script>": {}, "curl/8.14.1": {}, "": {}, "My secret name is Firefox/1 on Windows": {},
	} {
		if got := DeviceOf(userAgent); got != want {
			t.Errorf("%s is %+v, want %+v", userAgent, got, want)
		}
	}
}
