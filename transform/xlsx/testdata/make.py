"""Writes the same small table with openpyxl and with XlsxWriter."""
import datetime, sys

HEAD = ["KODE_DESA", "NAMA_DESA", "IDM", "STATUS", "TANGGAL", "AKTIF", "JUMLAH", "GALAT"]
ROWS = [
    [6402012001, "JEMBAYAN", 0.7029, "BERKEMBANG", datetime.date(2024, 1, 31), True],
    [6402012002, "LOA DURI \"ILIR\" & <b>", 0.041, "MAJU", datetime.date(2024, 2, 29), False],
    [6402012003, "  Désa 村\nbaru ", -1.5e-7, None, None, True],
]


def with_openpyxl(path):
    import openpyxl
    from openpyxl.cell.rich_text import CellRichText, TextBlock
    from openpyxl.cell.text import InlineFont
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "IDM 2024"
    sheet.append(HEAD)
    for i, row in enumerate(ROWS, 2):
        sheet.append(row)
        sheet.cell(i, 7, f"=C{i}*2")
    sheet["H2"] = "#N/A"
    sheet["H3"] = CellRichText("rich ", TextBlock(InlineFont(b=True), "text"))
    sheet["J6"] = "jauh"
    sheet.merge_cells("A8:C9")
    sheet.row_dimensions[3].hidden = True
    hidden = book.create_sheet("Sheet4")
    hidden.sheet_state = "hidden"
    book.save(path)


def with_xlsxwriter(path, constant_memory):
    import xlsxwriter
    book = xlsxwriter.Workbook(path, {"constant_memory": constant_memory})
    sheet = book.add_worksheet("IDM 2024")
    date = book.add_format({"num_format": "dd/mm/yyyy"})
    bold = book.add_format({"bold": True})
    sheet.write_row(0, 0, HEAD)
    for i, row in enumerate(ROWS, 1):
        for j, value in enumerate(row):
            if isinstance(value, datetime.date):
                sheet.write_datetime(i, j, datetime.datetime(value.year, value.month, value.day), date)
            elif value is not None:
                sheet.write(i, j, value)
        sheet.write_formula(i, 6, f"=C{i+1}*2", value=0.5)
        if i == 1:
            sheet.write_formula(i, 7, "=NA()", value="#N/A")
        if i == 2:
            sheet.write_rich_string(i, 7, "rich ", bold, "text")
    sheet.write(5, 9, "jauh")
    if not constant_memory:
        sheet.merge_range("A8:C9", "")
    sheet.set_row(2, None, None, {"hidden": True}) if not constant_memory else None
    book.add_worksheet("Sheet4").hide()
    book.close()


if __name__ == "__main__":
    folder = sys.argv[1]
    with_openpyxl(f"{folder}/openpyxl.xlsx")
    with_xlsxwriter(f"{folder}/xlsxwriter.xlsx", False)
    with_xlsxwriter(f"{folder}/xlsxwriter-constant-memory.xlsx", True)
