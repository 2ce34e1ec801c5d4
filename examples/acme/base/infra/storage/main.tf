terraform {
  required_version = ">= 1.9"
}

resource "acme_storage_array" "site" {
  for_each = toset(["north", "south"])

  name        = "array-${each.key}"
  site        = each.key
  controllers = 2
  firmware    = var.firmware
  shelves     = var.shelves
}

resource "acme_storage_pool" "replicated" {
  name     = "replicated"
  arrays   = [for array in acme_storage_array.site : array.id]
  replicas = 2

  lifecycle {
    prevent_destroy = true
  }
}
