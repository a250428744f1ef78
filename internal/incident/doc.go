// Package incident makes incidents of minutes that share a cause.
package incident
