// Package e2e tests the product from outside: the built binary, applications
// written with the official JavaScript SDKs, and phones with real sound. One
// test is one paragraph of the promise that README makes.
//
// It needs Node and the packages of package-lock.json (npm ci), and sipp,
// baresip, kamailio and tshark for the tests that name them; `make test-e2e`
// installs all of them.
package e2e
