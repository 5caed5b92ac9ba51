// Package phonenumbers is the API of phone numbers: which numbers the resource
// owns, which it could, and how it comes by them and loses them. It obeys
// Azure's Phone numbers API of 2025-06-01, with the answers that Azure's SDKs
// have recorded.
//
// It owns the inventory: the numbers of the configuration. No number comes from
// outside it, and no carrier is asked or paid: purchasing a number makes it
// ours, releasing it lets it lie in the inventory until it is purchased again.
package phonenumbers
