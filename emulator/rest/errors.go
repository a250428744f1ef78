package rest

import (
	"encoding/json"
	"net/http"
)

// apiError is an error in Zoom's form. It implements error so that handlers can return it.
type apiError struct {
	status  int
	Code    int          `json:"code"`
	Message string       `json:"message"`
	Errors  []fieldError `json:"errors,omitempty"`
}

type fieldError struct {
	Field   string `json:"field"`
	Message string `json:"message"`
}

func (e *apiError) Error() string { return e.Message }

func fail(status, code int, message string) *apiError {
	return &apiError{status: status, Code: code, Message: message}
}

// invalid is the answer to a parameter that cannot be read, or is missing.
func invalid(field string) *apiError {
	return &apiError{status: http.StatusBadRequest, Code: 300, Message: "Validation Failed.", Errors: []fieldError{{field, "Invalid field."}}}
}

func unavailable() *apiError {
	return fail(http.StatusNotFound, 3001, "This meeting's detail info is not available.")
}

func missing(kind string) *apiError {
	return fail(http.StatusNotFound, 3001, kind+" does not exist.")
}

func noToken() *apiError { return fail(http.StatusUnauthorized, 124, "Invalid access token.") }

// write sends a value as JSON. A failing connection is the client's business.
func write(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	body, err := json.Marshal(v)
	if err != nil { // no value of this package can do that
		status, body = http.StatusInternalServerError, []byte(`{"code":500,"message":"Internal error."}`)
	}
	w.WriteHeader(status)
	_, _ = w.Write(body)
}
