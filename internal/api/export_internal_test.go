package api

import "github.com/danielgtaylor/huma/v2"

// OpenAPI is the document as huma holds it, for checking answers against it.
func (a *API) OpenAPI() *huma.OpenAPI { return a.huma.OpenAPI() }

// Descriptions are those of operations, by id.
var Descriptions = descriptions
