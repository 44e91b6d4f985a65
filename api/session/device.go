package session

import (
	"strings"

	"github.com/marelan/telaah/internal/service"
)

// mark is a name with what betrays it in a User-Agent.
type mark struct{ sign, name string }

// Browsers name those that they descend from as well, so the more particular come first.
var browsers = []mark{
	{"Edg", "Edge"}, {"OPR/", "Opera"}, {"SamsungBrowser/", "Samsung Internet"}, {"UCBrowser/", "UC Browser"}, {"YaBrowser/", "Yandex"},
	{"FxiOS/", "Firefox"}, {"Firefox/", "Firefox"}, {"CriOS/", "Chrome"}, {"Chromium/", "Chromium"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"},
}

var systems = []mark{
	{"Android", "Android"}, {"iPhone", "iOS"}, {"iPad", "iPadOS"}, {"Windows", "Windows"}, {"CrOS", "ChromeOS"}, {"Macintosh", "macOS"}, {"Linux", "Linux"},
}

// DeviceOf tells a browser and its system by their names. Programs, and what is not known, have none.
func DeviceOf(userAgent string) service.Device {
	if !strings.HasPrefix(userAgent, "Mozilla/") {
		return service.Device{}
	}
	return service.Device{Browser: named(browsers, userAgent), System: named(systems, userAgent)}
}

func named(marks []mark, userAgent string) string {
	for _, m := range marks {
		if strings.Contains(userAgent, m.sign) {
			return m.name
		}
	}
	return ""
}
