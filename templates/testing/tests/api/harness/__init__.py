"""What the API tests share: the server, its clients, and the behaviour each resource must show."""
