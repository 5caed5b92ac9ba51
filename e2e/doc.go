// Package e2e tests the product from outside: the built binary, applications
// written with the official SDKs, and phones with real sound. One test is one
// paragraph of the promise that README makes. Most applications are
// agent/agent.mjs, in JavaScript; python and java have its like in their
// languages, for TestEverySDKControlsCalls.
//
// It needs Node and the packages of package-lock.json (npm ci), and sipp,
// baresip, kamailio, tshark and the SDKs of Python and Java for the tests that
// name them; `make test-e2e` installs all of them.
package e2e
