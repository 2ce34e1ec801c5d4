variable "firmware" {
  description = "Firmware of the controllers."
  type        = string
  default     = "9.3.8"
}

variable "shelves" {
  description = "Shelves of disks in each array."
  type        = number
  default     = 5
}
