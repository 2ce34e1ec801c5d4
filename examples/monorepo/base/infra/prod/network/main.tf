resource "example_network" "prod" {
  name = "prod"
  cidr = "10.20.0.0/16"
}

resource "example_firewall_rule" "web" {
  network = example_network.prod.id
  from    = "0.0.0.0/0"
  ports   = [443]
}
