"""Code tables 标准代码表 that the register keeps: data files with their source, read by `tables`."""
