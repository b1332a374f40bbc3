"""People from workbooks 批量导入."""
