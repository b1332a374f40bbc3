"""Taking people into the register 登记: one by one or from a workbook, by the same statements."""
