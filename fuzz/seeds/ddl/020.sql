DESCRIBE FORMATTED d.t PARTITION (a='1') b.'$elem$'.c
