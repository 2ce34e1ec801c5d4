resource "example_database" "shop" {
  name           = "shop"
  engine         = "postgresql"
  engine_version = "16.4"
  size           = "medium"
  storage_gib    = 200
  backup_days    = 14
}
