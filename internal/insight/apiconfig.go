package insight

import "context"

// API answers the questions of administrators, of the console and of tests.
type API struct {
	Hub      *Hub
	Stopping context.Context // ends when answers that go on must end
}
