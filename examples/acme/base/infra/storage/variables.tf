variable "firmware" {
  description = "Firmware of the controllers."
  type        = string
  default     = "9.4.2"
}

variable "shelves" {
  description = "Shelves of disks in each array."
  type        = number
  default     = 5
}
