package rest

import (
	"net/http"
	"testing"

	"github.com/switchhook/switchhook/internal/store/storetest"
)

func TestStoredFormat(t *testing.T) {
	storetest.Golden(t, storedAnswers, Answer{
		Request: "6b86b273", Status: http.StatusCreated,
		Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(`{"id":1}`),
	})
}
