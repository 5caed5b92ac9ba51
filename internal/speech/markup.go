package speech

import (
	"encoding/xml"
	"io"
	"strings"
)

// ReadMarkup checks that a text is XML, as SSML is, and returns it without space around it
// and without the declaration that may begin it (XML 1.0 §2.8): the encoding that is named
// there, often utf-16, was that of a file, and not that of the text.
func ReadMarkup(text string) (document string, err error) {
	document = strings.TrimSpace(strings.TrimPrefix(text, "\ufeff"))
	if strings.HasPrefix(document, "<?xml ") {
		if _, rest, found := strings.Cut(document, "?>"); found {
			document = strings.TrimSpace(rest)
		}
	}
	for decoder := xml.NewDecoder(strings.NewReader(document)); ; {
		switch _, err := decoder.Token(); {
		case err == io.EOF:
			return document, nil
		case err != nil:
			return "", err
		}
	}
}
