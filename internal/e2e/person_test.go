package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"
)

// office is everybody with a session, and the ledger of what was acknowledged to them.
type office struct {
	*installation
	client   *http.Client
	mu       sync.Mutex
	sessions map[string]string // by e-mail address
	requests map[string]string // for links, by e-mail address
	doors    map[string]*sync.Mutex
	ledger   []acknowledged
	retries  int
}

// acknowledged is one act that the API answered with success.
type acknowledged struct {
	step, act, outcome, key string
}

func (i *installation) open() *office {
	transport := &http.Transport{MaxIdleConnsPerHost: 64}
	return &office{installation: i, client: &http.Client{Timeout: 30 * time.Second, Transport: transport}, sessions: map[string]string{}, requests: map[string]string{}, doors: map[string]*sync.Mutex{}}
}

// answer is what the API said.
type answer struct {
	status int
	body   []byte
}

func (a answer) ok() bool { return a.status >= 200 && a.status < 300 }

func (a answer) code() string {
	var problem struct{ Code string }
	_ = json.Unmarshal(a.body, &problem)
	return problem.Code
}

// call asks the API as somebody. Whoever gets no answer, or hears that a part is down, asks again with the same key: that is
// what the key is for.
func (o *office) call(ctx context.Context, session, method, path, key string, body any) (answer, error) {
	var raw []byte
	if body != nil {
		var err error
		if raw, err = json.Marshal(body); err != nil {
			return answer{}, err
		}
	}
	for attempt := 0; ; attempt++ {
		a, err := o.once(ctx, session, method, path, key, raw)
		if err == nil && a.status < 500 && a.status != http.StatusTooManyRequests {
			return a, nil
		}
		if attempt > 240 || ctx.Err() != nil {
			return a, fmt.Errorf("%s %s: %d %s %v", method, path, a.status, a.body, err)
		}
		o.mu.Lock()
		o.retries++
		o.mu.Unlock()
		time.Sleep(250 * time.Millisecond) // a person tries again after a moment
	}
}

func (o *office) once(ctx context.Context, session, method, path, key string, raw []byte) (answer, error) {
	request, err := http.NewRequestWithContext(ctx, method, o.pages+"/api/v1"+path, bytes.NewReader(raw))
	if err != nil {
		return answer{}, err
	}
	if raw != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if session != "" {
		request.Header.Set("Authorization", "Bearer "+session)
	}
	if key != "" {
		request.Header.Set("Idempotency-Key", key)
	}
	response, err := o.client.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return answer{response.StatusCode, body}, err
}

var signInLink = regexp.MustCompile(`/masuk/([A-Za-z0-9_-]{20,})`)

// signIn gets a session by the link that comes by mail.
func (o *office) signIn(ctx context.Context, email string) (string, error) {
	door := o.door(email) // nobody signs in twice at once
	door.Lock()
	defer door.Unlock()
	o.mu.Lock()
	session := o.sessions[email]
	o.mu.Unlock()
	if session != "" {
		return session, nil
	}
	used := map[string]bool{} // redeemed, but the answer died with the API: such a link is lost and another is asked for
	for {
		link, err := o.mailedLink(ctx, email, used)
		if err != nil {
			return "", err
		}
		if session, err = o.redeem(ctx, email, link); !errors.Is(err, errLinkUsed) {
			return session, err
		}
		used[link] = true
	}
}

// mailedLink asks for a sign-in link and waits for one that was not tried yet.
func (o *office) mailedLink(ctx context.Context, email string, used map[string]bool) (string, error) {
	o.mu.Lock()
	request := o.requests[email]
	o.mu.Unlock()
	a, err := o.call(ctx, "", http.MethodPost, "/sessions/link", "", map[string]string{"email": email, "request": request})
	if err != nil || !a.ok() {
		return "", fmt.Errorf("ask for a link: %v %s", err, a.body)
	}
	var asked struct{ Request string }
	if err := json.Unmarshal(a.body, &asked); err != nil {
		return "", err
	}
	o.mu.Lock()
	o.requests[email] = asked.Request
	o.mu.Unlock()
	for deadline := time.Now().Add(2 * time.Minute); time.Now().Before(deadline); time.Sleep(200 * time.Millisecond) {
		mails, err := o.caught("?to=" + email)
		if err != nil {
			continue
		}
		for _, m := range mails {
			if link := signInLink.FindStringSubmatch(m.Text); link != nil && !used[link[1]] {
				return link[1], nil
			}
		}
	}
	return "", fmt.Errorf("no sign-in link came for %s", email)
}

var errLinkUsed = errors.New("the link was used already")

func (o *office) door(email string) *sync.Mutex {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.doors[email] == nil {
		o.doors[email] = &sync.Mutex{}
	}
	return o.doors[email]
}

func (o *office) redeem(ctx context.Context, email, token string) (string, error) {
	o.mu.Lock()
	request := o.requests[email]
	o.mu.Unlock()
	a, err := o.call(ctx, "", http.MethodPost, "/sessions", "", map[string]string{"token": token, "request": request})
	if err == nil && a.status == http.StatusUnauthorized {
		return "", errLinkUsed
	}
	if err != nil || !a.ok() {
		return "", fmt.Errorf("redeem the link: %v %d %s", err, a.status, a.body)
	}
	var started struct{ Token string }
	if err := json.Unmarshal(a.body, &started); err != nil {
		return "", err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.sessions[email] = started.Token
	return started.Token, nil
}

// invited signs somebody in by the link that the command line printed.
func (o *office) invited(email, role string) string {
	o.t.Helper()
	link := signInLink.FindStringSubmatch(o.command("admin", "invite", email, "--role", role))
	if link == nil {
		o.t.Fatalf("the invitation of %s printed no link", role)
	}
	session, err := o.redeem(context.Background(), email, link[1])
	must(o.t, err)
	return session
}

// act does one step and keeps the acknowledgement.
func (o *office) act(ctx context.Context, email string, step, act, outcome, key string, body any) (answer, error) {
	session, err := o.signIn(ctx, email)
	if err != nil {
		return answer{}, err
	}
	path := "/tasks/" + step + "/" + act
	if strings.HasPrefix(act, "/") {
		path = act
	}
	a, err := o.call(ctx, session, http.MethodPost, path, key, body)
	if err == nil && a.ok() {
		o.mu.Lock()
		o.ledger = append(o.ledger, acknowledged{step, act, outcome, key})
		o.mu.Unlock()
	}
	return a, err
}
