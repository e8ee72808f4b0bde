"""How pages and sockets are best served on one port: `make bench-serving`. The choice: docs/serving.md."""
