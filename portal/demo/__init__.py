"""The story of the portal on real traffic: a small service, its clients, its responders."""
