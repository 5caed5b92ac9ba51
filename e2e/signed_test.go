package e2e

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"
)

// signed makes a request with the access key, of an API that no SDK calls here.
// It returns the status and decodes the answer, if that is wanted.
func (p *product) signed(method, path string, header map[string]string, body, result any) int {
	p.t.Helper()
	var text []byte
	if body != nil {
		var err error
		text, err = json.Marshal(body)
		must(p.t, err)
	}
	request, err := http.NewRequestWithContext(within(p.t, 20*time.Second), method, "http://"+p.addresses.HTTP+path, bytes.NewReader(text))
	must(p.t, err)
	key, err := base64.StdEncoding.DecodeString(accessKey(p))
	must(p.t, err)
	hash := sha256.Sum256(text)
	content, date := base64.StdEncoding.EncodeToString(hash[:]), time.Now().UTC().Format(http.TimeFormat)
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(method + "\n" + request.URL.RequestURI() + "\n" + date + ";" + request.URL.Host + ";" + content))
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("x-ms-date", date)
	request.Header.Set("x-ms-content-sha256", content)
	request.Header.Set("Authorization", "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature="+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	for name, value := range header {
		request.Header.Set(name, value)
	}
	response, err := http.DefaultClient.Do(request)
	must(p.t, err)
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	must(p.t, err)
	if result != nil && response.StatusCode < 300 {
		if err := json.Unmarshal(answer, result); err != nil {
			p.t.Fatalf("%s %s: %v\n%s", method, path, err, answer)
		}
	}
	if response.StatusCode >= 300 {
		p.t.Logf("%s %s: %d %s", method, path, response.StatusCode, answer)
	}
	return response.StatusCode
}

// forged is a signed request whose parts are changed after it was signed.
type forged struct {
	method, path, host, body, date string
	signedHeaders, signature, hash string
}

// sign signs the request as it is now.
func (f *forged) sign(p *product) {
	key, err := base64.StdEncoding.DecodeString(accessKey(p))
	must(p.t, err)
	hash := sha256.Sum256([]byte(f.body))
	f.hash = base64.StdEncoding.EncodeToString(hash[:])
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(f.method + "\n" + f.path + "\n" + f.date + ";" + f.host + ";" + f.hash))
	f.signature = base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// text is the request, complete but for the empty line and with its body's length.
func (f *forged) text() string {
	return fmt.Sprintf("%s %s HTTP/1.1\r\nHost: %s\r\nx-ms-date: %s\r\nx-ms-content-sha256: %s\r\nAuthorization: HMAC-SHA256 SignedHeaders=%s&Signature=%s\r\nContent-Length: %d\r\n",
		f.method, f.path, f.host, f.date, f.hash, f.signedHeaders, f.signature, len(f.body))
}
