// Package callautomation is Azure's Call Automation API: requests under
// /calling/ become commands to calls, and what happens in calls becomes
// CloudEvents for the application's callback addresses. It obeys the shapes of
// api-version 2026-03-12 and, where recordings of the service differ, of the
// version that the application asked for.
package callautomation
